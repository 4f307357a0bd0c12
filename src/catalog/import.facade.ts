import { Injectable } from '@nestjs/common';
import { ReadImportsService } from './app/read-imports.service.js';
import { StageImportService } from './app/stage-import.service.js';
import type { ImportWithErrors } from './data/import-files.repository.js';

/** Imports for programs that have no HTTP, such as the command line. */
@Injectable()
export class ImportFacade {
  constructor(
    private readonly staging: StageImportService,
    private readonly imports: ReadImportsService,
  ) {}

  /**
   * Takes a file of products in; whoever runs jobs on this database carries it out.
   * @returns the import's id
   * @throws InvalidError for a file that cannot be read
   */
  async start(file: AsyncIterable<Uint8Array>): Promise<string> {
    const answer = await this.staging.stage(file, { userId: null }, ({ id }) => id);
    return answer.body;
  }

  /** @throws NotFoundError */
  get(id: string): Promise<ImportWithErrors> {
    return this.imports.get(id);
  }
}
