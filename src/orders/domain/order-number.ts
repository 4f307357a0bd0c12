import { randomInt } from 'node:crypto';

/**
 * Crockford's base 32 (no I, L, O, U, which look like something else) without its vowels A and E, so that no number spells a word
 * or reads as a float such as 12E5: 30 characters, and 6.5 × 10^11 numbers of eight.
 */
const ALPHABET = '0123456789BCDFGHJKMNPQRSTVWXYZ';

const GROUP = 4;
const LENGTH = 2 * GROUP;

/**
 * A new order number, such as `K7M2-9QXB`: uniformly random, so that it tells neither how many orders there are nor what the next
 * one is called. Not unique by itself: store it under a unique constraint and draw again when it is taken. Not a secret either.
 */
export function newOrderNumber(): string {
  const characters = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return withHyphen(characters.join(''));
}

/** Hyphen, minus sign and the dashes that typing aids make of them. */
const SEPARATORS = /[\s\-\u2010-\u2015\u2212]/g;

/** More than anybody types around eight characters. */
const MAX_TYPED = 40;

const NUMBER = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/**
 * The order number that a person meant: small letters, a missing hyphen, blanks, and O for 0 and I or L for 1 are put right.
 * Null when it cannot be an order number.
 */
export function normaliseOrderNumber(typed: string): string | null {
  if (typed.length > MAX_TYPED) return null;
  const plain = typed.replace(SEPARATORS, '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
  return NUMBER.test(plain) ? withHyphen(plain) : null;
}

function withHyphen(characters: string): string {
  return `${characters.slice(0, GROUP)}-${characters.slice(GROUP)}`;
}
