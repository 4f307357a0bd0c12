import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { Jobs } from '../../platform/jobs/index.js';

/** The job that carries an import out. */
export const IMPORT_JOB = 'catalog.import';

/** Puts imports in the queue; an import that waits there already is not queued twice. */
@Injectable()
export class ImportQueue {
  constructor(private readonly jobs: Jobs) {}

  async add(tx: Pick<Tx, '$executeRaw'>, importId: string, runAt?: Date): Promise<void> {
    await this.jobs.enqueue(
      tx,
      IMPORT_JOB,
      { importId },
      { key: `${IMPORT_JOB}:${importId}`, ...(runAt && { runAt }) },
    );
  }
}
