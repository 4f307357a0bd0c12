import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiConsumes, ApiOkResponse, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import {
  ApiOperationOf,
  ApiProblems,
  decodeCursor,
  PageQuery,
  readBodyStream,
  StreamedBody,
  toPage,
  type JsonText,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { ReadImportsService } from '../app/read-imports.service.js';
import { StageImportService } from '../app/stage-import.service.js';
import { sendKept } from './answers.js';
import { FileFormatQuery, ImportPageResponse, ImportResponse } from './import.dto.js';
import { toImportResponse, toImportSummary } from './import.mapper.js';

const FILE = {
  type: 'string',
  description: "Products in Shopify's CSV format, UTF-8",
  example: 'Handle,Title,Variant SKU,Variant Price\nenamel-mug,Enamel mug,MUG-BLUE,12.99\n',
} as const;

@ApiTags('catalog')
@Controller('v1/catalog/imports')
export class ImportsController {
  constructor(
    private readonly staging: StageImportService,
    private readonly imports: ReadImportsService,
    private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(202)
  @RequirePermission('catalog:write')
  @StreamedBody()
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'importProducts',
    'Import products from a file',
    'The file is taken in while it is sent, and its products are written in the background: `Location` tells how far that has come. ' +
      'Products are found by handle, their variants by SKU or options; what the file does not tell of stays as it is, and nothing is ' +
      'deleted. One bad row does not stop the rest. The same file again changes nothing.',
  )
  @ApiConsumes('text/csv')
  @ApiBody({ required: true, schema: FILE })
  @ApiQuery({ name: 'format', required: false, schema: { type: 'string', enum: ['shopify'], default: 'shopify' } })
  @ApiAcceptedResponse({ type: ImportResponse, description: 'The import, which waits for its turn' })
  @ApiProblems(400, 408, 409, 413, 415, 422)
  async create(
    @Query() _query: FileFormatQuery,
    @Req() request: FastifyRequest,
    @CurrentUser() actor: SignedIn,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const { importLimitBytes: limitBytes, requestTimeoutMs: idleMs } = this.config;
    const body = readBodyStream(request, { mediaType: 'text/csv', limitBytes, idleMs });
    const use =
      key === undefined ? undefined : { scope: `user:${actor.userId}`, key, operation: 'POST /v1/catalog/imports' };
    const answer = await this.staging.stage(body, { actor, use }, (row) => JSON.stringify(toImportResponse(row)));
    return sendKept(reply, answer);
  }

  @Get()
  @RequirePermission('catalog:write')
  @ApiOperationOf('listImports', 'All imports', 'Newest first, without their errors.')
  @ApiOkResponse({ type: ImportPageResponse, description: 'A page of imports' })
  @ApiProblems(400, 422)
  async list(@Query() { limit, cursor }: PageQuery): Promise<ImportPageResponse> {
    const isId = (value: unknown): boolean => typeof value === 'string' && isUuid(value);
    const before = cursor === undefined ? undefined : String(decodeCursor(cursor, [isId])[0]);
    const rows = await this.imports.list(limit + 1, before);
    return toPage(rows, limit, ({ id }) => [id], toImportSummary);
  }

  @Get(':id')
  @RequirePermission('catalog:write')
  @ApiOperationOf('getImport', 'How far an import has come', 'With what was left out of the file, and why.')
  @ApiParam({ name: 'id', description: 'The import', example: '0198c5f0-7b7e-7000-8000-000000000000' })
  @ApiOkResponse({ type: ImportResponse, description: 'The import' })
  @ApiProblems(400, 404, 422)
  async get(@Param('id') id: string): Promise<ImportResponse> {
    return toImportResponse(await this.imports.get(id));
  }
}
