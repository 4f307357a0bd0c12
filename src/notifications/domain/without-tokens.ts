import { hideSealedLinks } from './sealed-links.js';

/** What a mail holds that opens an order: the token of its link (`#token=…`), and a guest's token wherever it stands. */
const TOKENS = /([?#&]token=)[^\s"'<>&#]+|\bot\d+_[\w-]{16,}/gi;

/** The text or HTML of a mail as staff may see it: the reader's key to the order is taken out, and a link to their account, which is sealed besides. */
export function withoutTokens(content: string): string {
  const hidden = content.replaceAll(TOKENS, (_, before: string | undefined) => `${before ?? ''}[hidden]`);
  return hideSealedLinks(hidden);
}
