import { isUuid } from '../ids/index.js';
import { decodeCursor, type CursorValue } from './pagination.js';

export interface TimeKeys {
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
  const [createdAt, id] = decodeCursor(cursor, [isTime, isId]);
  return { createdAt: new Date(String(createdAt)), id: String(id) };
}

/** For lists that go by id alone, which grows with time. @throws InvalidError `request.cursor_invalid` (422) */
export function readIdKey(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : String(decodeCursor(cursor, [isId])[0]);
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && isUuid(value);
}

/** PostgreSQL knows no year 0. */
function isTime(value: unknown): boolean {
  return (
    typeof value === 'string' && /^(?!0000)\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value))
  );
}
