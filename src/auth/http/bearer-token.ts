/**
 * The token of `Authorization: Bearer` (RFC 6750, 2.1): undefined where another scheme or none is used, empty where
 * what follows the word cannot be a token.
 */
export function bearerToken(header: string | undefined): string | undefined {
  const match = /^\s*bearer(?:\s+(.*))?$/is.exec(header ?? '');
  if (!match) return undefined;
  const token = (match[1] ?? '').trim();
  return /^[\w~+/.-]+=*$/.test(token) ? token : '';
}
