import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { RequirePermission } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems, StreamedAnswer } from '../../platform/http/index.js';
import { Clock } from '../../platform/time/index.js';
import { ExportProductsService } from '../app/export-products.service.js';
import { FileFormatQuery } from './import.dto.js';

@ApiTags('catalog')
@Controller('v1/catalog/exports')
export class ExportsController {
  constructor(
    private readonly exporting: ExportProductsService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequirePermission('catalog:write')
  @StreamedAnswer()
  @ApiOperationOf(
    'exportProducts',
    'All products as a file',
    "In Shopify's CSV format, drafts and archived products too, as the shop is at this moment. Importing the file changes nothing.",
  )
  @ApiQuery({ name: 'format', required: false, schema: { type: 'string', enum: ['shopify'], default: 'shopify' } })
  @ApiProduces('text/csv')
  @ApiOkResponse({
    description: 'The file',
    content: { 'text/csv': { schema: { type: 'string' }, example: '"Handle","Title"\n"enamel-mug","Enamel mug"\n' } },
  })
  @ApiProblems(400, 422, 503)
  async export(
    @Query() _query: FileFormatQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable | string> {
    const content = request.method === 'HEAD' ? '' : await this.exporting.open();
    const day = this.clock.now().toISOString().slice(0, 10);
    void reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="products-${day}.csv"`)
      .header('cache-control', 'private, no-store');
    return content;
  }
}
