import { createHash } from 'node:crypto';
import { isUuid } from '../../platform/ids/index.js';

/** The longest slug, in characters. */
export const MAX_SLUG_LENGTH = 200;

/** Letters that decomposition (NFKD) does not take apart. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ł', 'l'],
  ['ı', 'i'],
  ['ħ', 'h'],
  ['ŋ', 'n'],
]);

/**
 * The part of an address that names a product or a category: lower-case ASCII letters, digits and single hyphens, 1 to 200 characters,
 * neither first nor last a hyphen. Percent-encoded text is read as what it encodes, accents fall away ("Café" is "cafe").
 * A text of which nothing is left (another script, only signs) and one that would read as a UUID get a name made of their hash,
 * so the result is never empty, never mistaken for an id, and the same for the same text. It is not unique: two texts may share a slug.
 * A slug is its own slug.
 */
export function slugify(text: string): string {
  const slug = hyphenated(decodePercent(text));
  if (slug === '') return `p-${hash(text)}`;
  return isUuid(slug) ? `p-${slug}` : slug;
}

function hyphenated(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .toLowerCase() // compatibility forms, such as ™, decompose to capitals
    .replace(/[\p{M}'’]/gu, '')
    .replace(/[^\p{ASCII}]/gu, (letter) => LETTERS.get(letter) ?? '-')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG_LENGTH + 1)
    .replace(/^-/, '')
    .slice(0, MAX_SLUG_LENGTH)
    .replace(/-$/, '');
}

function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that encodes nothing, as in "50% off"
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
