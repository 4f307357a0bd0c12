import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { InvalidError } from '../errors/index.js';

/** What every list takes. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 24,
    description: 'How many items at most',
    example: 24,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit = 24;

  @ApiPropertyOptional({
    type: 'string',
    maxLength: 1000,
    description: "The last page's `nextCursor`; opaque",
    example: 'WzEyOTksIjAxOThjNWYwIl0',
  })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  cursor?: string;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

export type CursorValue = string | number | null;

/** The keys of the last item, as an opaque string. */
export function encodeCursor(values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/**
 * The keys that a cursor holds; each is checked by its own `check`, for a client may send anything.
 * @throws InvalidError `request.cursor_invalid` for what this list did not give out.
 */
export function decodeCursor(cursor: string, checks: readonly ((value: unknown) => boolean)[]): CursorValue[] {
  const fail = () =>
    new InvalidError('request.cursor_invalid', 'The cursor is not one that this list gave out.', [
      { pointer: 'query:cursor', code: 'cursor_invalid', detail: 'is not a cursor of this list' },
    ]);
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw fail();
  }
  if (
    !Array.isArray(values) ||
    values.length !== checks.length ||
    !checks.every((check, index) => check(values[index]))
  )
    throw fail();
  return values as CursorValue[];
}

/** A page from `limit + 1` rows: the extra row only tells that there is more. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keys: (row: Row) => readonly CursorValue[],
  map: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(map), nextCursor: rows.length > limit && last ? encodeCursor(keys(last)) : null };
}
