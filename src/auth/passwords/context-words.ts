/**
 * What whoever guesses passwords of a shop's accounts tries first, beside the name of the shop: this product, its roles, its trade. The list is
 * documented in docs/security/asvs.md (V6.1.2).
 */
export const CONTEXT_WORDS: readonly string[] = [
  'backroom',
  'administrator',
  'admin',
  'staff',
  'customer',
  'owner',
  'manager',
  'webshop',
  'onlineshop',
  'shop',
  'store',
  'order',
  'password',
  'passwort',
  'welcome',
  'secret',
  'login',
];

/** Letters and digits that a password must have beside such words. */
const OWN_SIGNS = 6;

const SIGN = /[\p{L}\p{N}]/u;

/**
 * Whether a password, in small letters, is made of words of its surroundings and little else, such as `backroom-admin-2026`.
 * @param words further ones, in any letters; those of fewer than three signs say too little to count
 */
export function isMadeOfContext(lower: string, words: readonly string[] = []): boolean {
  const all = [...CONTEXT_WORDS, ...words.flatMap(partsOf)].sort((a, b) => b.length - a.length);
  let rest = lower;
  for (const word of all) rest = rest.replaceAll(word, ' ');
  return rest !== lower && [...rest].filter((sign) => SIGN.test(sign)).length < OWN_SIGNS;
}

/** The words of a name, and the whole of it written as one. */
function partsOf(name: string): string[] {
  const parts = name
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return [...parts, parts.join('')].filter((part) => part.length > 2);
}
