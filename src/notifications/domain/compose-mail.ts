import type { Block, MailContent, MailDocument, ShopFace } from './mail-document.js';
import { oneLine } from './plain-words.js';
import { renderHtml } from './render-html.js';
import { renderText } from './render-text.js';

/** Text and HTML of one mail of the shop, with a subject that is one line. */
export function composeMail(
  shop: ShopFace,
  words: { readonly subject: string; readonly heading: string; readonly blocks: readonly Block[] },
): MailContent {
  const document: MailDocument = { ...words, footer: `This mail was sent by ${shop.name}.` };
  return { subject: oneLine(words.subject), text: renderText(document), html: renderHtml(document, shop) };
}
