import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import {
  ApiOperationOf,
  ApiProblems,
  readIdKey,
  readInstant,
  StreamedAnswer,
  toPage,
} from '../../platform/http/index.js';
import { Clock } from '../../platform/time/index.js';
import { ExportAuditLog } from '../app/export-audit-log.service.js';
import { AuditEntriesRepository } from '../data/audit-entries.repository.js';
import type { AuditEntry, AuditFilter } from '../domain/audit-entry.js';
import { AuditExportQuery, AuditLogPageResponse, AuditLogQuery, type AuditEntryResponse } from './audit-log.dto.js';

const MEDIA = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' } as const;

@ApiTags('audit log')
@Controller('v1/audit-log')
export class AuditLogController {
  constructor(
    private readonly entries: AuditEntriesRepository,
    private readonly exporting: ExportAuditLog,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiOperationOf(
    'listAuditEntries',
    'The audit log',
    'What staff did and what concerns security, newest first. Filters combine.',
  )
  @ApiOkResponse({ type: AuditLogPageResponse, description: 'A page of entries' })
  @ApiProblems(400, 422)
  async list(@Query() query: AuditLogQuery): Promise<AuditLogPageResponse> {
    const rows = await this.entries.findPage(toFilter(query), query.limit + 1, readIdKey(query.cursor));
    return toPage(rows, query.limit, ({ id }) => [id], toEntryResponse);
  }

  @Get('export')
  @RequirePermission('audit:read')
  @StreamedAnswer()
  @ApiOperationOf(
    'exportAuditLog',
    'The audit log as a file',
    'All that the filters leave, newest first. In the CSV a cell that a spreadsheet would run has an apostrophe before it. The export itself is an entry of the log.',
  )
  @ApiProduces('text/csv', 'application/x-ndjson')
  @ApiOkResponse({
    description: 'The file',
    content: {
      'text/csv': { schema: { type: 'string' }, example: '"id","at","actorKind"\n' },
      'application/x-ndjson': {
        schema: { type: 'string' },
        example: '{"id":"0198c5f0-7b7e-7000-8000-0000000000f0"}\n',
      },
    },
  })
  @ApiProblems(400, 422)
  async export(
    @Query() query: AuditExportQuery,
    @CurrentUser() user: SignedIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable | string> {
    const { format } = query;
    const content = request.method === 'HEAD' ? '' : await this.exporting.open(user, toFilter(query), format);
    const day = this.clock.now().toISOString().slice(0, 10);
    void reply
      .header('content-type', MEDIA[format])
      .header('content-disposition', `attachment; filename="audit-log-${day}.${format}"`)
      .header('cache-control', 'private, no-store');
    return content;
  }
}

function toFilter({ actorId, action, subjectType, subjectId, from, to }: AuditLogQuery): AuditFilter {
  return {
    actorId,
    action,
    subjectType,
    subjectId,
    from: from === undefined ? undefined : readInstant(from, 'from'),
    to: to === undefined ? undefined : readInstant(to, 'to'),
  };
}

function toEntryResponse({ at, before, after, ...entry }: AuditEntry): AuditEntryResponse {
  return { ...entry, at: at.toISOString(), before: asFields(before), after: asFields(after) };
}

/** The log writes objects alone. */
function asFields(value: unknown): Record<string, unknown> | null {
  return value === null ? null : (value as Record<string, unknown>);
}
