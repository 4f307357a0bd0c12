import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { Clock } from '../../platform/time/index.js';
import { ImportFilesRepository } from '../data/import-files.repository.js';
import { ImportQueue } from './import-queue.js';

/** An upload that is older than this has been given up: no request takes so long. */
const ABANDONED_MS = 3 * 3_600_000;

/** Clears away what processes that died have left of imports, and sees that none is forgotten. */
@Injectable()
export class ImportHousekeeping implements OnModuleInit {
  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly files: ImportFilesRepository,
    private readonly queue: ImportQueue,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('catalog.import.sweep', '37 * * * *', () => this.sweep());
  }

  async sweep(): Promise<void> {
    const limit = new Date(this.clock.now().getTime() - ABANDONED_MS);
    const { abandoned, uncleared } = await this.files.findLeftovers(limit);
    for (const id of abandoned) await this.files.discard(id);
    for (const id of uncleared) await this.files.clearRows(id);
    // Two jobs of one import are no harm: each batch is written by whoever is first.
    for (const id of await this.files.findUnfinished()) await this.db.transaction((tx) => this.queue.add(tx, id));
  }
}
