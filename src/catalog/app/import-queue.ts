import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../../platform/database/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { Clock } from '../../platform/time/index.js';

/** The job that carries an import out. */
const IMPORT_JOB = 'catalog.import';

/** Until an import that waits for its turn looks again. */
const TURN_MS = 1_000;

/** Puts imports in the queue; an import that waits there already is not queued twice. */
@Injectable()
export class ImportQueue {
  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Says what carries imports out. Call it from `onModuleInit`. */
  handle(run: (importId: string) => Promise<void>): void {
    this.jobs.handle(IMPORT_JOB, (payload) => run((payload as { importId: string }).importId));
  }

  add(tx: Pick<Tx, 'write'>, importId: string, runAt?: Date): void {
    this.jobs.enqueue(tx, IMPORT_JOB, { importId }, { key: `${IMPORT_JOB}:${importId}`, ...(runAt && { runAt }) });
  }

  /** Outside of any transaction, to be looked at in a moment. */
  async addForLater(importId: string): Promise<void> {
    const runAt = new Date(this.clock.now().getTime() + TURN_MS);
    await this.db.transaction((tx) => this.add(tx, importId, runAt));
  }
}
