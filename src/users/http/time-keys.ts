import { decodeCursor, type CursorValue } from '../../platform/http/index.js';
import { isUuid } from '../../platform/ids/index.js';

interface TimeKeys {
  readonly createdAt: Date;
  readonly id: string;
}

/** The keys of lists that go by time: when something was made, and its id where two were made at once. */
export function timeKeysOf(row: TimeKeys): readonly CursorValue[] {
  return [row.createdAt.toISOString(), row.id];
}

/** @throws InvalidError `request.cursor_invalid` (422) */
export function readTimeKeys(cursor: string | undefined): TimeKeys | undefined {
  if (cursor === undefined) return undefined;
  const [createdAt, id] = decodeCursor(cursor, [isTime, (value) => typeof value === 'string' && isUuid(value)]);
  return { createdAt: new Date(String(createdAt)), id: String(id) };
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
}
