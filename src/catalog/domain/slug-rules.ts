import { isUuid } from '../../platform/ids/index.js';
import { SlugReservedError } from './catalog.errors.js';
import { MAX_SLUG_LENGTH } from './slug.js';

/** What a slug that a client asks for looks like. */
export const SLUG_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** @throws SlugReservedError `catalog.slug_reserved` (422) for one that would read as an id. */
export function requireUsableSlug(slug: string): string {
  if (isUuid(slug)) throw new SlugReservedError();
  return slug;
}

/** The longest number, or other mark, that a slug gets behind it: a hyphen and twelve characters. */
const ROOM_FOR_NUMBER = 13;

/** What stands before the number of every slug that is numbered after this one. */
export function numberedStem(base: string): string {
  return base.slice(0, MAX_SLUG_LENGTH - ROOM_FOR_NUMBER).replace(/-+$/, '');
}

/** The slug with a number behind it: "mug-2". */
export function numberedSlug(base: string, number: number | string): string {
  return `${numberedStem(base)}-${number}`;
}
