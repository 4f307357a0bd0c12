import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';
import type { HandleTotals, WaitingRow } from '../domain/shopify/import-batch.js';
import { PRODUCT_LIMITS } from '../domain/shopify/import-batch.js';
import type { SkuHolder } from '../domain/shopify/sku-claims.js';
import type { ImportStatus, WaitingRecord } from './import-files.repository.js';

/** 1: all products; 2: those that waited for a SKU, in rounds; 3: everything is written. */
export type ImportStage = 1 | 2 | 3;

/** Rounds of stage 2, after which a product that still waits gets what is free. */
const MAX_ROUNDS = 20;

export interface ImportState {
  readonly id: string;
  readonly status: ImportStatus;
  readonly stage: ImportStage;
  readonly round: number;
  readonly nextLine: number;
  readonly attempts: number;
  readonly columns: readonly string[];
  readonly createdBy: string | null;
  /** Whether a product may be put off because another one may give up a SKU. */
  readonly mayWait: boolean;
  /** Whether no import that was queued before it is still to be done. */
  readonly first: boolean;
}

/** What a batch has brought about. */
export interface Advance {
  readonly nextLine: number;
  readonly rows: number;
  readonly products: number;
  readonly variants: number;
  readonly errors: number;
}

/** How far an import has come, and what of its file comes next. */
@Injectable()
export class ImportProgressRepository {
  constructor(private readonly db: Db) {}

  /** What can be read without keeping anyone waiting: it may be old by the time it is used. */
  async read(id: string): Promise<ImportState | undefined> {
    return this.state(this.db.prisma, id);
  }

  /** Keeps all other imports from writing until the transaction ends. */
  async lock(tx: Tx, id: string): Promise<ImportState | undefined> {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('backroom: catalog import', 0))`;
    return this.state(tx, id);
  }

  private async state(reader: Reader, id: string): Promise<ImportState | undefined> {
    const [row] = await reader.$queryRaw<ImportState[]>`
      select i.id, i.status::text, i.stage::int, i.round::int, i.next_line as "nextLine", i.attempts::int, i.columns, i.created_by as "createdBy",
        i.stage = 1 or i.waiting > 0 as "mayWait",
        not exists (select from catalog_import o where o.status in ('queued', 'running') and (o.staged_at, o.id) < (i.staged_at, i.id)) as first
      from catalog_import i where i.id = ${id}::uuid and i.staged_at is not null`;
    return row;
  }

  async begin(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.$executeRaw`
      update catalog_import set status = 'running', attempts = attempts + 1, started_at = coalesce(started_at, ${now})
      where id = ${id}::uuid`;
  }

  async advance(tx: Tx, id: string, { nextLine, rows, products, variants, errors }: Advance): Promise<void> {
    await tx.$executeRaw`
      update catalog_import
      set next_line = ${nextLine}, rows_done = rows_done + ${rows}, products = products + ${products},
        variants = variants + ${variants}, error_count = error_count + ${errors}, attempts = 0
      where id = ${id}::uuid`;
  }

  /** Puts products off until the others are written. */
  async postpone(tx: Tx, id: string, handles: readonly string[]): Promise<void> {
    if (handles.length > 0) await this.moveRows(tx, id, handles, 2);
  }

  /** Notes that products which were put off are done. */
  async settle(tx: Tx, { id, stage }: ImportState, handles: readonly string[]): Promise<void> {
    if (stage === 2) await this.moveRows(tx, id, handles, 3);
  }

  private async moveRows(tx: Tx, id: string, handles: readonly string[], stage: ImportStage): Promise<void> {
    await tx.$executeRaw`
      update catalog_import_row set stage = ${stage} where import_id = ${id}::uuid and handle = any(${[...handles]}::text[])`;
  }

  /**
   * All rows of the stage have been looked at. Those that were put off come next, round after round; the last round, in which none may
   * wait, is the one after a round that brought nothing.
   */
  async endPass(tx: Tx, id: string): Promise<void> {
    await tx.$executeRaw`
      update catalog_import i
      set stage = case when r.left = 0 then 3 else 2 end, next_line = 0, attempts = 0, round = i.round + 1,
        waiting = case when i.stage = 1 or r.left < i.waiting and i.round < ${MAX_ROUNDS}::int then r.left else 0 end
      from (select count(*)::int as left from catalog_import_row where import_id = ${id}::uuid and stage = 2) r
      where i.id = ${id}::uuid`;
  }

  async complete(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.$executeRaw`
      update catalog_import set status = 'completed', rows_done = rows, finished_at = ${now}
      where id = ${id}::uuid and status = 'running'`;
  }

  async fail(tx: Tx, id: string, failure: string, now: Date): Promise<void> {
    await tx.$executeRaw`
      update catalog_import set status = 'failed', failure = ${failure}, finished_at = ${now}
      where id = ${id}::uuid and status in ('queued', 'running')`;
  }

  /** The rows of the present stage from `nextLine` on, by line. */
  async findWindow({ id, stage, nextLine }: ImportState, take: number): Promise<WaitingRow[]> {
    return this.db.prisma.$queryRaw<WaitingRow[]>`
      select line, handle from catalog_import_row
      where import_id = ${id}::uuid and stage = ${stage} and line >= ${nextLine} order by line limit ${take}::int`;
  }

  async countRows(id: string, handles: readonly string[]): Promise<Map<string, HandleTotals>> {
    const rows = await this.db.prisma.$queryRaw<(HandleTotals & { handle: string })[]>`
      select handle, min(line) as "firstLine", count(*)::int as rows, sum(size)::float8 as bytes
      from catalog_import_row where import_id = ${id}::uuid and handle = any(${[...handles]}::text[]) group by handle`;
    return new Map(rows.map(({ handle, ...totals }) => [handle, totals]));
  }

  /** The records of the products, by line; of a product that is too large those that come first. */
  async load(id: string, handles: readonly string[]): Promise<WaitingRecord[]> {
    return this.db.prisma.$queryRaw<WaitingRecord[]>`
      select line, handle, record from (
        select line, handle, record, size, row_number() over same as n, sum(size) over same as bytes
        from catalog_import_row where import_id = ${id}::uuid and handle = any(${[...handles]}::text[])
        window same as (partition by handle order by line)
      ) r where n = 1 or n <= ${PRODUCT_LIMITS.rows}::int and bytes <= ${PRODUCT_LIMITS.bytes}::int
      order by line`;
  }

  /** The first row of each product after `handle`, by handle, without the description, which is of no use there. */
  async findFirstRows(id: string, handle: string, take: number): Promise<WaitingRecord[]> {
    return this.db.prisma.$queryRaw<WaitingRecord[]>`
      select distinct on (handle) handle, line, record - 'Body (HTML)' as record from catalog_import_row
      where import_id = ${id}::uuid and handle > ${handle} order by handle, line limit ${take}::int`;
  }

  /** Which products of the shop have the SKUs. */
  async findSkuHolders(state: ImportState, skus: readonly string[]): Promise<Map<string, SkuHolder>> {
    if (skus.length === 0) return new Map();
    const { id, stage, nextLine, mayWait } = state;
    const rows = await this.db.prisma.$queryRaw<(SkuHolder & { sku: string })[]>`
      select v.sku, v.product_id as "productId", ${mayWait} and coalesce(f.stage = 2 or ${stage} = 1 and f.line >= ${nextLine}, false) as pending
      from variant v join product p on p.id = v.product_id
      left join lateral (
        select r.stage, r.line from catalog_import_row r
        where r.import_id = ${id}::uuid and r.handle = coalesce(p.handle, p.slug) order by r.line limit 1
      ) f on true
      where v.sku = any(${[...skus]}::text[])`;
    return new Map(rows.map(({ sku, ...holder }) => [sku, holder]));
  }
}
