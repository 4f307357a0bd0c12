/** Stands in a kept mail for the token of a link. All of its signs are fit for an address, for HTML and for text as they are. */
const MARKS = /\bsealed-link\.(\d{1,12})\.(s1\.[\w-]{8}\.[\w-]+)/g;

/** What stands in a mail in place of the token until the moment it is sent. @param goodUntil when the link runs out */
export function sealedLink(sealedToken: string, goodUntil: Date): string {
  return `sealed-link.${Math.floor(goodUntil.getTime() / 1000)}.${sealedToken}`;
}

export type OpenedText =
  | { readonly kind: 'opened'; readonly text: string }
  /** A link in it has run out, so that the mail is of no use any more. */
  | { readonly kind: 'expired' }
  /** Sealed with a key that is not known any more, or not by us. */
  | { readonly kind: 'unreadable' };

/** The text with the tokens that its marks stand for. */
export function openSealedLinks(
  content: string,
  now: Date,
  open: (sealedToken: string) => string | undefined,
): OpenedText {
  const faults = new Set<'expired' | 'unreadable'>();
  const text = content.replaceAll(MARKS, (_, seconds: string, sealedToken: string) => {
    const token = open(sealedToken);
    if (Number(seconds) * 1000 <= now.getTime()) faults.add('expired');
    if (token === undefined) faults.add('unreadable');
    return token ?? '';
  });
  if (faults.has('expired')) return { kind: 'expired' };
  return faults.has('unreadable') ? { kind: 'unreadable' } : { kind: 'opened', text };
}

/** The text as whoever may not follow the links sees it. */
export function hideSealedLinks(content: string): string {
  return content.replaceAll(MARKS, '[hidden]');
}
