const MAX_WORDS = 6;

/** The distinct words of a search that may be spelled wrongly, at most six. Its signs and operators (quotes, minus) fall away. */
export function searchWords(query: string): string[] {
  const words = query
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, MAX_WORDS);
}
