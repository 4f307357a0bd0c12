import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../platform/errors/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { ImportFilesRepository, type ImportRow, type ImportWithErrors } from '../data/import-files.repository.js';

@Injectable()
export class ReadImportsService {
  constructor(private readonly files: ImportFilesRepository) {}

  /** @throws NotFoundError `import.not_found` */
  async get(id: string): Promise<ImportWithErrors> {
    const row = isUuid(id) ? await this.files.find(this.files.reader, id) : null;
    if (!row) throw new NotFoundError('import');
    return row;
  }

  /** Newest first. */
  list(take: number, before: string | undefined): Promise<ImportRow[]> {
    return this.files.findPage(take, before);
  }
}
