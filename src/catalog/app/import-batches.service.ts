import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InventoryFacade } from '../../inventory/index.js';
import { Config } from '../../platform/config/index.js';
import { Db, uniqueViolation, type Tx } from '../../platform/database/index.js';
import { minorUnits } from '../../platform/money/index.js';
import { Clock } from '../../platform/time/index.js';
import { ImportFilesRepository, type WaitingRecord } from '../data/import-files.repository.js';
import { ImportProductsRepository } from '../data/import-products.repository.js';
import { ImportProgressRepository, type ImportState } from '../data/import-progress.repository.js';
import { ImportWriteRepository } from '../data/import-write.repository.js';
import { buildProduct, type BuiltProduct } from '../domain/shopify/build-product.js';
import { COLUMN } from '../domain/shopify/columns.js';
import { diffProduct, type FindCategory } from '../domain/shopify/diff-product.js';
import { BATCH_LIMITS, chooseBatch, type Batch, type HandleTotals } from '../domain/shopify/import-batch.js';
import { writesFor, type PlannedProduct } from '../domain/shopify/import-writes.js';
import type { RowError } from '../domain/shopify/row-error.js';
import { SkuClaims } from '../domain/shopify/sku-claims.js';
import { cell } from '../domain/shopify/staged-row.js';

/** Rows that are looked through for the next products. */
const WINDOW = BATCH_LIMITS.rows;
/** Someone else may take a SKU or a slug while a batch is written. */
const MAX_TRIES = 5;
/** A batch takes less than a second; the rest is for a machine that is very busy. */
const TIMEOUT_MS = 120_000;

/** A batch, with the totals of its products. */
export interface ChosenBatch extends Batch {
  readonly state: ImportState;
  readonly totals: ReadonlyMap<string, HandleTotals>;
}

/** What the rows say of the products of a batch, before the shop has been looked at closely. */
interface BuiltBatch {
  readonly products: ReadonlyMap<string, BuiltProduct>;
  /** Products that want a SKU which another one may yet give up. */
  readonly postponed: readonly string[];
}

/** Writes an import, some products at a time: each batch whole or not at all, and none of them twice. */
@Injectable()
export class ImportBatchesService {
  constructor(
    private readonly db: Db,
    private readonly progress: ImportProgressRepository,
    private readonly products: ImportProductsRepository,
    private readonly writer: ImportWriteRepository,
    private readonly files: ImportFilesRepository,
    private readonly inventory: InventoryFacade,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** The next products, at most so many; undefined when the stage is done. */
  async choose(state: ImportState, most: number): Promise<ChosenBatch | undefined> {
    const window = await this.progress.findWindow(state, WINDOW);
    if (window.length === 0) return undefined;
    const totals = await this.progress.countRows(state.id, [...new Set(window.map(({ handle }) => handle))]);
    return { ...chooseBatch(window, totals, { ...BATCH_LIMITS, products: most }), state, totals };
  }

  /** Does nothing when the import has been gone on with elsewhere, or is not the first in the queue any more. */
  async write(batch: ChosenBatch, findCategory: FindCategory): Promise<void> {
    const records = await this.progress.load(batch.state.id, batch.handles);
    for (let tries = 1; ; tries++) {
      const built = await this.build(batch, records);
      try {
        await this.carryOut(batch, built, findCategory);
        return;
      } catch (error) {
        if (!uniqueViolation(error) || tries >= MAX_TRIES) throw error;
      }
    }
  }

  /** Leaves out a batch of one product, which cannot be written for a reason that nobody foresaw. */
  async skip({ state, handles, rows, nextLine, totals }: ChosenBatch): Promise<void> {
    const errors = handles.map((handle): RowError => {
      const detail = 'The product could not be written. The log of the server tells why.';
      return { line: totals.get(handle)?.firstLine ?? nextLine, code: 'catalog.product_failed', detail };
    });
    await this.guarded(state, async (tx) => {
      await this.files.addErrors(tx, state.id, errors);
      await this.progress.settle(tx, state, handles);
      await this.progress.advance(tx, state.id, { nextLine, rows, products: 0, variants: 0, errors: errors.length });
    });
  }

  /** Reads the rows. This is most of the work, so it holds no lock, and gives way to other requests after each product. */
  private async build(batch: ChosenBatch, records: readonly WaitingRecord[]): Promise<BuiltBatch> {
    const { state, handles } = batch;
    const groups = new Map<string, WaitingRecord[]>(handles.map((handle) => [handle, []]));
    for (const record of records) groups.get(record.handle)?.push(record);
    const skus = new Set(records.map(({ record }) => cell(record, COLUMN.sku)).filter((sku) => sku !== ''));
    const holders = await this.progress.findSkuHolders(state, [...skus]);
    const claims = new SkuClaims(holders, await this.products.findIds(this.db.prisma, handles));
    const context = { columns: new Set(state.columns), exponent: minorUnits(this.config.currency) };
    const products = new Map<string, BuiltProduct>();
    const postponed: string[] = [];
    for (const [handle, rows] of groups) {
      let waits = false;
      const isSkuTaken = (sku: string): boolean => {
        const claim = claims.stateFor(handle, sku);
        waits ||= claim === 'waits';
        return claim !== 'free';
      };
      const { product, errors } = buildProduct(rows, { ...context, isSkuTaken });
      if (waits) postponed.push(handle);
      else {
        claims.claim(handle, product?.variants.flatMap(({ sku }) => sku ?? []) ?? []);
        products.set(handle, { product, errors: [...errors, ...surplus(batch, handle, rows)] });
      }
      await nextTurn();
    }
    return { products, postponed };
  }

  private async carryOut(batch: ChosenBatch, built: BuiltBatch, findCategory: FindCategory): Promise<void> {
    const { state, nextLine, totals } = batch;
    await this.guarded(state, async (tx) => {
      const loaded = await this.products.lockAndLoad(tx, [...built.products.keys()]);
      const planned: PlannedProduct[] = [];
      const errors: RowError[] = [];
      for (const [handle, { product, errors: faults }] of built.products) {
        errors.push(...faults);
        if (!product) continue;
        const existing = loaded.get(handle) ?? null;
        const plan = diffProduct(existing?.product ?? null, product, findCategory);
        planned.push({ handle, loaded: existing, plan });
        errors.push(...plan.errors);
      }
      await this.writeAll(tx, planned, state.createdBy);
      await this.files.addErrors(tx, state.id, errors);
      await this.progress.settle(tx, state, [...built.products.keys()]);
      await this.progress.postpone(tx, state.id, built.postponed);
      const waiting = built.postponed.reduce((sum, handle) => sum + (totals.get(handle)?.rows ?? 0), 0);
      await this.progress.advance(tx, state.id, {
        nextLine,
        rows: batch.rows - waiting,
        products: planned.length,
        variants: planned.reduce((sum, { plan }) => sum + plan.variants.length, 0),
        errors: errors.length,
      });
    });
  }

  private async writeAll(tx: Tx, planned: readonly PlannedProduct[], actorId: string | null): Promise<void> {
    const writes = writesFor(planned);
    await this.writer.write(tx, writes, this.clock.now());
    if (writes.newStock.length > 0) await this.inventory.createItems(tx, writes.newStock, { kind: 'import', actorId });
    await this.inventory.importItems(tx, writes.changedStock, actorId);
  }

  /** A transaction that writes only if the import still stands where it stood when the batch was chosen. */
  private async guarded(state: ImportState, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.db.transaction(
      async (tx) => {
        const now = await this.progress.lock(tx, state.id);
        const same = now?.status === 'running' && now.stage === state.stage && now.nextLine === state.nextLine;
        if (same && now.first) await work(tx);
      },
      { timeoutMs: TIMEOUT_MS },
    );
  }
}

/** The rows of a product that were not even looked at. */
function surplus({ totals }: ChosenBatch, handle: string, looked: readonly WaitingRecord[]): RowError[] {
  const left = (totals.get(handle)?.rows ?? 0) - looked.length;
  const last = looked.at(-1);
  if (left <= 0 || !last) return [];
  const detail = `After this row ${left} rows of the product are left out: it has more than an import looks at.`;
  return [{ line: last.line, code: 'catalog.too_many_rows', detail }];
}
