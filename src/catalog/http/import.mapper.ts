import type { ImportRow, ImportWithErrors } from '../data/import-files.repository.js';
import type { ImportResponse, ImportSummaryResponse } from './import.dto.js';

export function toImportSummary(row: ImportRow): ImportSummaryResponse {
  const { id, format, status, rows, rowsDone, products, variants, errorCount, failure } = row;
  return {
    ...{ id, format, status, rows, rowsDone, products, variants, errorCount, failure },
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

export function toImportResponse(row: ImportWithErrors): ImportResponse {
  return {
    ...toImportSummary(row),
    errors: row.errors.map(({ line, code, detail }) => ({ line, code, detail })),
  };
}
