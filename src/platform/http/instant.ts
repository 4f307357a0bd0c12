import { InvalidError } from '../errors/index.js';

/** A time of the query. @throws InvalidError (422) for a text that reads like a time and is none, or that the database cannot hold. */
export function readInstant(text: string, name: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999)
    throw new InvalidError('request.invalid', 'Some values are not acceptable.', [
      { pointer: `query:${name}`, code: 'isISO8601', detail: `${name} must be a date and time` },
    ]);
  return date;
}
