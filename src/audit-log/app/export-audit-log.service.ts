import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { AuditEntriesRepository } from '../data/audit-entries.repository.js';
import type { AuditEntry, AuditFilter } from '../domain/audit-entry.js';
import { AUDIT_CSV_HEADER, toCsvLines, toNdjsonLines } from '../domain/audit-rows.js';

export type AuditExportFormat = 'csv' | 'ndjson';

const PAGE = 500;

/** Gives the audit log out as a file. That it was given out stands in the log itself. */
@Injectable()
export class ExportAuditLog {
  constructor(
    private readonly db: Db,
    private readonly entries: AuditEntriesRepository,
    private readonly audit: AuditLog,
  ) {}

  /** A stream of the file, newest entry first. Memory does not grow with the log, and no connection is held between its pages. */
  async open(actor: SignedIn, filter: AuditFilter, format: AuditExportFormat): Promise<Readable> {
    await this.db.transaction((tx) =>
      this.audit.record(tx, actor, {
        action: 'audit.exported',
        subject: { type: 'audit_log', id: 'all' },
        after: { format, ...filter },
      }),
    );
    return Readable.from(this.lines(filter, format));
  }

  private async *lines(filter: AuditFilter, format: AuditExportFormat): AsyncGenerator<string, void, undefined> {
    if (format === 'csv') yield AUDIT_CSV_HEADER;
    for (let before: string | undefined; ;) {
      const page: AuditEntry[] = await this.entries.findPage(filter, PAGE, before);
      if (page.length > 0) yield format === 'csv' ? toCsvLines(page) : toNdjsonLines(page);
      before = page.at(-1)?.id;
      if (page.length < PAGE) return;
    }
  }
}
