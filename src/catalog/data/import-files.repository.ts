import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';
import type { RowError } from '../domain/shopify/row-error.js';
import type { StagedRow } from '../domain/shopify/staged-row.js';

export type ImportStatus = 'queued' | 'running' | 'completed' | 'failed';

/** An import as clients see it. */
export interface ImportRow {
  readonly id: string;
  readonly format: string;
  readonly status: ImportStatus;
  readonly rows: number;
  readonly rowsDone: number;
  readonly products: number;
  readonly variants: number;
  readonly errorCount: number;
  readonly failure: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface ImportWithErrors extends ImportRow {
  /** By line; the first ones only, where there are very many. */
  readonly errors: readonly { readonly line: number; readonly code: string; readonly detail: string }[];
}

/** A record on its way to the database. */
export interface RecordToStage {
  readonly line: number;
  readonly handle: string;
  /** The record as JSON. */
  readonly json: string;
}

/** A record that waits for its product. */
export interface WaitingRecord extends StagedRow {
  readonly handle: string;
}

export interface FileCounts {
  /** Records of the file, and how many of them were not staged because they cannot be read. */
  readonly rows: number;
  readonly rowsDone: number;
  readonly errorCount: number;
}

export const SHOWN_ERRORS = 1_000;

const DELETED_AT_ONCE = 20_000;

const SHOWN = {
  ...{ id: true, format: true, status: true, rows: true, rowsDone: true, products: true, variants: true },
  ...{ errorCount: true, failure: true, createdAt: true, startedAt: true, finishedAt: true },
} as const;

/** Product files on their way into the shop. Until a file is queued nobody sees it. */
@Injectable()
export class ImportFilesRepository {
  constructor(private readonly db: Db) {}

  async create(id: string, columns: readonly string[], createdBy: string | null, now: Date): Promise<void> {
    await this.db.prisma.catalogImport.create({
      data: { id, format: 'shopify', status: 'queued', createdBy, columns: [...columns], createdAt: now },
      select: { id: true },
    });
  }

  /** Writes a part of the file, each part by itself. */
  async stage(id: string, records: readonly RecordToStage[]): Promise<void> {
    const rows = records.map(
      ({ line, handle, json }) =>
        `{"line":${line},"handle":${JSON.stringify(handle)},"size":${Buffer.byteLength(json)},"record":${json}}`,
    );
    await this.db.prisma.$executeRaw`
      insert into catalog_import_row (import_id, line, handle, record, size)
      select ${id}::uuid, line, handle, record, size
      from jsonb_to_recordset(${`[${rows.join(',')}]`}::jsonb) as r (line int, handle text, record jsonb, size int)`;
  }

  /** Adds faults of rows. All faults of one line are given together. */
  async addErrors(reader: Reader, id: string, errors: readonly RowError[]): Promise<void> {
    if (errors.length === 0) return;
    await reader.$executeRaw`
      insert into catalog_import_error (import_id, line, seq, code, detail)
      select ${id}::uuid, e.line, row_number() over (partition by e.line order by e.n), e.code, e.detail
      from jsonb_to_recordset(${JSON.stringify(errors.map((error, n) => ({ ...error, n })))}::jsonb)
        as e (line int, code text, detail text, n int)
      on conflict do nothing`;
  }

  /** The whole file is there: from now on the import is known, and its turn comes. */
  async queue(tx: Tx, id: string, counts: FileCounts, now: Date): Promise<void> {
    await tx.catalogImport.update({ where: { id }, data: { ...counts, stagedAt: now }, select: { id: true } });
  }

  async find(reader: Reader, id: string): Promise<ImportWithErrors | null> {
    return reader.catalogImport.findFirst({
      where: { id, stagedAt: { not: null } },
      select: {
        ...SHOWN,
        errors: {
          select: { line: true, code: true, detail: true },
          orderBy: [{ line: 'asc' }, { seq: 'asc' }],
          take: SHOWN_ERRORS,
        },
      },
    });
  }

  get reader(): Reader {
    return this.db.prisma;
  }

  /** Newest first, ids below `before`. */
  async findPage(take: number, before?: string): Promise<ImportRow[]> {
    return this.db.prisma.catalogImport.findMany({
      where: { stagedAt: { not: null }, ...(before === undefined ? {} : { id: { lt: before } }) },
      select: SHOWN,
      orderBy: { id: 'desc' },
      take,
    });
  }

  /** Removes an import that was never queued, with all that was staged of it. */
  async discard(id: string): Promise<void> {
    await this.clearRows(id);
    await this.db.prisma.catalogImport.deleteMany({ where: { id, stagedAt: null } });
  }

  /** Deletes the staged rows of an import, some at a time. */
  async clearRows(id: string): Promise<void> {
    let deleted: number;
    do {
      deleted = await this.db.prisma.$executeRaw`
        delete from catalog_import_row r using (
          select line from catalog_import_row where import_id = ${id}::uuid order by line limit ${DELETED_AT_ONCE}::int
        ) d where r.import_id = ${id}::uuid and r.line = d.line`;
    } while (deleted > 0);
  }

  /** Ids of uploads that began before `limit` and never came to their end, and of ended imports that still have staged rows. */
  async findLeftovers(limit: Date): Promise<{ readonly abandoned: string[]; readonly uncleared: string[] }> {
    const abandoned = await this.db.prisma.catalogImport.findMany({
      where: { stagedAt: null, createdAt: { lt: limit } },
      select: { id: true },
    });
    const uncleared = await this.db.prisma.catalogImport.findMany({
      where: { status: { in: ['completed', 'failed'] }, stagedRows: { some: {} } },
      select: { id: true },
    });
    return { abandoned: abandoned.map(({ id }) => id), uncleared: uncleared.map(({ id }) => id) };
  }

  /** Imports that are queued or running. */
  async findUnfinished(): Promise<string[]> {
    const rows = await this.db.prisma.catalogImport.findMany({
      where: { stagedAt: { not: null }, status: { in: ['queued', 'running'] } },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }
}
