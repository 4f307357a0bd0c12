const MAX_WORDS = 6;

/** Quotes and a leading minus: who uses them says just what is meant. */
const EXACT = /"|(^|\s)-\S/;

/**
 * The distinct words of a search that may be spelled wrongly, at most six. None for a search that keeps words together or leaves
 * some out: to loosen that would find what was not asked for.
 */
export function searchWords(query: string): string[] {
  if (EXACT.test(query)) return [];
  const words = query
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, MAX_WORDS);
}
