const MAX_WORDS = 6;
const MIN_LETTERS = 3;

/**
 * The words of a search that may be spelled wrongly: distinct, at most six, without those that are too short to resemble anything.
 * Signs and operators of the search (quotes, minus) fall away.
 */
export function searchWords(query: string): string[] {
  const words = query
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => [...word].length >= MIN_LETTERS);
  return [...new Set(words)].slice(0, MAX_WORDS);
}
