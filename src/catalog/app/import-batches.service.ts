import { Injectable } from '@nestjs/common';
import { Db, uniqueViolation, type Tx } from '../../platform/database/index.js';
import { ImportFilesRepository } from '../data/import-files.repository.js';
import { ImportProductsRepository } from '../data/import-products.repository.js';
import { ImportProgressRepository, type ImportState } from '../data/import-progress.repository.js';
import { diffProduct, type FindCategory } from '../domain/shopify/diff-product.js';
import { BATCH_LIMITS, chooseBatch } from '../domain/shopify/import-batch.js';
import type { PlannedProduct } from '../domain/shopify/import-writes.js';
import type { RowError } from '../domain/shopify/row-error.js';
import { BuildBatchService, type BuiltBatch, type ChosenBatch } from './build-batch.service.js';
import { ProductsWriter } from './products-writer.js';

export type { ChosenBatch };

/** Rows that are looked through for the next products. */
const WINDOW = BATCH_LIMITS.rows;
/** Someone else may take a SKU or a slug while a batch is written. */
const MAX_TRIES = 5;
/** A batch takes less than a second; the rest is for a machine that is very busy. */
const TIMEOUT_MS = 120_000;

/** Writes an import, some products at a time: each batch whole or not at all, and none of them twice. */
@Injectable()
export class ImportBatchesService {
  constructor(
    private readonly db: Db,
    private readonly progress: ImportProgressRepository,
    private readonly files: ImportFilesRepository,
    private readonly products: ImportProductsRepository,
    private readonly builder: BuildBatchService,
    private readonly writer: ProductsWriter,
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
      const built = await this.builder.build(batch, records);
      try {
        await this.guarded(batch.state, (tx) => this.carryOut(tx, batch, built, findCategory));
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

  private async carryOut(tx: Tx, batch: ChosenBatch, built: BuiltBatch, findCategory: FindCategory): Promise<void> {
    const { state, nextLine, totals } = batch;
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
    await this.writer.write(tx, planned, state.createdBy);
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
  }

  /** A transaction that writes only if the import still stands where it stood when the batch was chosen. */
  private async guarded(state: ImportState, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.db.transaction(
      async (tx) => {
        const now = await this.progress.lock(tx, state.id);
        const same = now?.status === 'running' && now.stage === state.stage && now.nextLine === state.nextLine;
        if (same && now.round === state.round && now.first) await work(tx);
      },
      { timeoutMs: TIMEOUT_MS },
    );
  }
}
