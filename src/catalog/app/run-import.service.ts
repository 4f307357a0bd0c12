import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { asUnavailable } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import type { ImportState } from '../data/import-progress.repository.js';
import type { FindCategory } from '../domain/shopify/diff-product.js';
import { BATCH_LIMITS } from '../domain/shopify/import-batch.js';
import { ImportBatchesService, type ChosenBatch } from './import-batches.service.js';
import { ImportCategoriesService } from './import-categories.service.js';
import { ImportQueue } from './import-queue.js';
import { ImportTurnsService } from './import-turns.service.js';

/**
 * Carries imports out, one at a time in the order in which they were queued. How far one has come is in the database, so whoever gets
 * the job next goes on after the last batch that was written whole.
 */
@Injectable()
export class RunImportService implements OnModuleInit, OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly queue: ImportQueue,
    private readonly turns: ImportTurnsService,
    private readonly categories: ImportCategoriesService,
    private readonly batches: ImportBatchesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.queue.handle((importId) => this.run(importId));
  }

  onModuleDestroy(): void {
    this.stop();
  }

  /** The process ends: the batch at hand is finished, and whoever comes next goes on. */
  stop(): void {
    this.stopping = true;
  }

  /** @throws whatever keeps the database from answering: then the queue tries again. */
  async run(importId: string): Promise<void> {
    const begun = await this.turns.begin(importId);
    if (begun === 'over') return;
    if (begun === 'wait') return this.queue.addForLater(importId);
    try {
      if (!(await this.work(begun))) await this.queue.addForLater(importId);
    } catch (error) {
      if (isPassing(error)) throw error;
      this.logger.error({ err: error, importId }, 'an import failed');
      await this.turns.fail(importId, 'Something went wrong on our side. The log of the server tells what.');
    }
  }

  /** Whether the import is over; false when another one's turn comes first, or the server stops. */
  private async work(begun: ImportState): Promise<boolean> {
    const findCategory = await this.categories.prepare(begun);
    let singlesBefore = 0;
    for (;;) {
      const state = await this.turns.read(begun.id);
      if (state?.status !== 'running') return true;
      if (!state.first || this.stopping) return false;
      if (state.stage === 3) {
        await this.turns.finish(state.id);
        return true;
      }
      const most = state.nextLine < singlesBefore ? 1 : BATCH_LIMITS.products;
      const batch = await this.batches.choose(state, most);
      if (!batch) {
        singlesBefore = 0;
        await this.turns.endPass(state);
      } else if (!(await this.writeOrSkip(batch, findCategory))) singlesBefore = batch.nextLine;
    }
  }

  /** False when the batch was not written and its products have to be tried one by one, so that a bad one costs no others. */
  private async writeOrSkip(batch: ChosenBatch, findCategory: FindCategory): Promise<boolean> {
    try {
      await this.batches.write(batch, findCategory);
    } catch (error) {
      if (isPassing(error)) throw error;
      if (batch.handles.length > 1) return false;
      this.logger.error(
        { err: error, importId: batch.state.id, handle: batch.handles[0] },
        'a product was not imported',
      );
      await this.batches.skip(batch);
    }
    return true;
  }
}

/** Whether a later try may succeed. */
function isPassing(error: unknown): boolean {
  return error instanceof AppError ? error.kind === 'unavailable' : asUnavailable(error) !== undefined;
}
