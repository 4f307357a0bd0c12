import { Injectable } from '@nestjs/common';
import { SYSTEM } from '../platform/audit-log/index.js';
import { ReadImportsService } from './app/read-imports.service.js';
import { RunImportService } from './app/run-import.service.js';
import { StageImportService } from './app/stage-import.service.js';
import type { ImportWithErrors } from './data/import-files.repository.js';

/** Imports for programs without HTTP, such as the command line. */
@Injectable()
export class ImportFacade {
  constructor(
    private readonly staging: StageImportService,
    private readonly imports: ReadImportsService,
    private readonly runner: RunImportService,
  ) {}

  /**
   * Takes a file of products in; whoever runs jobs on this database carries it out.
   * @returns the import's id
   * @throws InvalidError for a file that cannot be read
   */
  async start(file: AsyncIterable<Uint8Array>): Promise<string> {
    const answer = await this.staging.stage(file, { actor: SYSTEM }, ({ id }) => id);
    return answer.body;
  }

  /** Carries the import out in this process, unless another one's turn comes first. No harm where a server does so, too. */
  run(id: string): Promise<void> {
    return this.runner.run(id);
  }

  /** Lets the imports that run here finish the batch at hand and no more. */
  stop(): void {
    this.runner.stop();
  }

  /** @throws NotFoundError */
  get(id: string): Promise<ImportWithErrors> {
    return this.imports.get(id);
  }
}
