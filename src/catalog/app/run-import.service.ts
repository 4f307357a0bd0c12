import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { asUnavailable, Db, type Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Clock } from '../../platform/time/index.js';
import { ImportFilesRepository } from '../data/import-files.repository.js';
import { ImportProgressRepository, type ImportStage, type ImportState } from '../data/import-progress.repository.js';
import type { FindCategory } from '../domain/shopify/diff-product.js';
import { BATCH_LIMITS } from '../domain/shopify/import-batch.js';
import { ImportBatchesService, type ChosenBatch } from './import-batches.service.js';
import { ImportCategoriesService } from './import-categories.service.js';
import { IMPORT_JOB, ImportQueue } from './import-job.js';

/** Until an import that waits for its turn looks again. */
const TURN_MS = 1_000;
/** Beginnings without any progress, after which an import is given up: something about it ends the process. */
const MAX_ATTEMPTS = 5;

/**
 * Carries imports out, one at a time in the order in which they were queued. How far one has come is in the database, so whoever gets
 * the job next goes on after the last batch that was written whole.
 */
@Injectable()
export class RunImportService implements OnModuleInit, OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly queue: ImportQueue,
    private readonly files: ImportFilesRepository,
    private readonly progress: ImportProgressRepository,
    private readonly categories: ImportCategoriesService,
    private readonly batches: ImportBatchesService,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(IMPORT_JOB, (payload) => this.run((payload as { importId: string }).importId));
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
    const begun = await this.begin(importId);
    if (begun === 'over') return;
    if (begun === 'wait') return this.later(importId);
    try {
      if (!(await this.work(begun))) await this.later(importId);
    } catch (error) {
      if (isPassing(error)) throw error;
      this.logger.error({ err: error, importId }, 'an import failed');
      await this.fail(importId, 'Something went wrong on our side. The log of the server tells what.');
    }
  }

  private async begin(id: string): Promise<ImportState | 'wait' | 'over'> {
    const begun = await this.db.transaction(async (tx) => {
      const state = await this.progress.lock(tx, id);
      if (!state || state.status === 'completed' || state.status === 'failed') return 'over';
      if (!state.first) return 'wait';
      if (state.attempts >= MAX_ATTEMPTS) return 'hopeless';
      await this.progress.begin(tx, id, this.clock.now());
      return state;
    });
    if (begun !== 'hopeless') return begun;
    this.logger.error({ importId: id }, 'an import was begun several times and never came on');
    await this.fail(id, `The import was begun ${MAX_ATTEMPTS} times and never came on.`);
    return 'over';
  }

  /** Whether the import is over; false when another one's turn comes first, or the server stops. */
  private async work(begun: ImportState): Promise<boolean> {
    const findCategory = await this.categories.prepare(begun);
    let singlesBefore = 0;
    for (;;) {
      const state = await this.progress.read(begun.id);
      if (state?.status !== 'running') return true;
      if (!state.first || this.stopping) return false;
      if (state.stage === 3) return this.finish(state.id);
      const most = state.nextLine < singlesBefore ? 1 : BATCH_LIMITS.products;
      const batch = await this.batches.choose(state, most);
      if (!batch) {
        singlesBefore = 0;
        await this.whileAt(state.id, state.stage, (tx) => this.progress.endPass(tx, state.id));
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

  private async finish(id: string): Promise<true> {
    await this.files.clearRows(id);
    await this.whileAt(id, 3, (tx) => this.progress.complete(tx, id, this.clock.now()));
    return true;
  }

  private async whileAt(id: string, stage: ImportStage, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.db.transaction(async (tx) => {
      const state = await this.progress.lock(tx, id);
      if (state?.status === 'running' && state.stage === stage) await work(tx);
    });
  }

  private async fail(id: string, failure: string): Promise<void> {
    await this.db.transaction((tx) => this.progress.fail(tx, id, failure, this.clock.now()));
    await this.files.clearRows(id);
  }

  private async later(id: string): Promise<void> {
    const runAt = new Date(this.clock.now().getTime() + TURN_MS);
    await this.queue.add(this.db.prisma, id, runAt);
  }
}

/** Whether a later try may succeed. */
function isPassing(error: unknown): boolean {
  return error instanceof AppError ? error.kind === 'unavailable' : asUnavailable(error) !== undefined;
}
