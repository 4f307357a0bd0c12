import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { ImportFilesRepository } from '../data/import-files.repository.js';
import { ImportProgressRepository, type ImportStage, type ImportState } from '../data/import-progress.repository.js';

/** Beginnings without any progress, after which an import is given up: something about it ends the process. */
const MAX_ATTEMPTS = 5;

/** The life of an import from its turn to its end; what lies between are batches. */
@Injectable()
export class ImportTurnsService {
  constructor(
    private readonly db: Db,
    private readonly progress: ImportProgressRepository,
    private readonly files: ImportFilesRepository,
    private readonly clock: Clock,
  ) {}

  /** Begins an import, or goes on with it: one at a time, in the order in which they were queued. */
  async begin(id: string): Promise<ImportState | 'wait' | 'over'> {
    const begun = await this.db.transaction(async (tx) => {
      const state = await this.progress.lock(tx, id);
      if (!state || state.status === 'completed' || state.status === 'failed') return 'over';
      if (!state.first) return 'wait';
      if (state.attempts >= MAX_ATTEMPTS) return 'hopeless';
      await this.progress.begin(tx, id, this.clock.now());
      return state;
    });
    if (begun !== 'hopeless') return begun;
    await this.fail(id, `The import was begun ${MAX_ATTEMPTS} times and never came on.`);
    return 'over';
  }

  /** How far the import has come; it may have gone on when that is used. */
  read(id: string): Promise<ImportState | undefined> {
    return this.progress.read(id);
  }

  /** All rows of the stage have been looked at. */
  async endPass({ id, stage }: ImportState): Promise<void> {
    await this.whileAt(id, stage, (tx) => this.progress.endPass(tx, id));
  }

  /** All is written; what was staged goes. */
  async finish(id: string): Promise<void> {
    await this.files.clearRows(id);
    await this.whileAt(id, 3, (tx) => this.progress.complete(tx, id, this.clock.now()));
  }

  /** What is written stays. */
  async fail(id: string, failure: string): Promise<void> {
    await this.db.transaction((tx) => this.progress.fail(tx, id, failure, this.clock.now()));
    await this.files.clearRows(id);
  }

  private async whileAt(id: string, stage: ImportStage, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.db.transaction(async (tx) => {
      const state = await this.progress.lock(tx, id);
      if (state?.status === 'running' && state.stage === stage) await work(tx);
    });
  }
}
