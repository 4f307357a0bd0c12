import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatMoney } from '../../platform/money/index.js';
import type { ShopFace } from './mail-document.js';
import { orderConfirmation } from './order-confirmation.js';
import type { BoughtLine, PaidOrder } from './order-news.js';

const SHOP: ShopFace = { name: 'Tea & Cups', storefrontUrl: 'https://tea.example/shop' };

const ORDER: PaidOrder = {
  id: '019b0000-0000-7000-8000-000000000001',
  number: 'BR-7K3QX9',
  currency: 'GBP',
  accessToken: 'ot1_abc-DEF_123',
  placedAt: new Date('2026-01-05T14:03:59Z'),
  lines: [
    { title: 'White mug', variantTitle: 'Large', sku: 'MUG-L', quantity: 2, unitPrice: 350n, lineTotal: 700n },
    { title: 'Tea pot', variantTitle: '', sku: null, quantity: 1, unitPrice: 1999n, lineTotal: 1999n },
  ],
  subtotal: 2699n,
  discountTotal: 270n,
  shippingTotal: 495n,
  shippingName: 'Standard',
  taxTotal: 0n,
  includedTax: 487n,
  total: 2924n,
  shippingAddress: {
    name: 'Ada Lovelace',
    line1: '12 St James’s Square',
    line2: null,
    city: 'London',
    region: '',
    postalCode: 'SW1Y 4JH',
    country: 'GB',
    phone: '+44 20 7946 0000',
  },
};

describe('orderConfirmation', () => {
  it('says everything in the text', () => {
    expect(orderConfirmation(ORDER, SHOP).text).toBe(`Thank you for your order

Your payment has arrived, and order BR-7K3QX9 is confirmed.

Order number: BR-7K3QX9
Placed: 5 January 2026, 14:03 UTC

See your order:
https://tea.example/shop/orders/019b0000-0000-7000-8000-000000000001#token=ot1_abc-DEF_123

Whoever has this link can see the order, so keep it to yourself.

Items
-----

2 × White mug
    Large · SKU MUG-L
    £3.50 each, £7.00 in all

1 × Tea pot
    £19.99 each, £19.99 in all

Subtotal: £26.99
Discount: -£2.70
Shipping (Standard): £4.95
Total: £29.24

The total includes tax of £4.87.

Delivery address
----------------
Ada Lovelace
12 St James’s Square
London, SW1Y 4JH
United Kingdom
+44 20 7946 0000

-- 
This mail was sent by Tea & Cups.
`);
  });

  it('says the same in the HTML', () => {
    const { text, html } = orderConfirmation(ORDER, SHOP);
    const shown = visibleText(html);
    const unlike = /^-+ ?$|:$|^https:| each, /;
    for (const line of text.split('\n').filter((line) => line.trim() !== '' && !unlike.test(line)))
      for (const part of line.split(/: | × /)) expect(shown).toContain(part.trim());
    for (const amount of ['£3.50', '£7.00', '£19.99']) expect(shown).toContain(amount);
    expect(html).toContain(`href="https://tea.example/shop/orders/${ORDER.id}#token=ot1_abc-DEF_123"`);
  });

  it('is HTML for mail programs and screen readers: a language, a title, headings of data, nothing from elsewhere', () => {
    const { html, subject } = orderConfirmation(ORDER, SHOP);
    expect(subject).toBe('Your order BR-7K3QX9 at Tea & Cups');
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(html).toContain('<title>Your order BR-7K3QX9 at Tea &amp; Cups</title>');
    expect(html.match(/<table/g)).toHaveLength(5);
    expect(html.match(/role="presentation"/g)).toHaveLength(2);
    expect(html.match(/<th scope="col"/g)).toHaveLength(4);
    expect(html).not.toMatch(/<(img|link|script|style)\b|url\(|src=|class=/);
    expect(openTags(html)).toEqual([]);
  });

  it('adds the tax where prices do not contain it, and leaves out what is nothing', () => {
    const { text } = orderConfirmation({ ...ORDER, discountTotal: 0n, taxTotal: 540n, includedTax: 0n }, SHOP);
    expect(text).toContain('Shipping (Standard): £4.95\nTax: £5.40\nTotal: £29.24\n\nDelivery');
    expect(text).not.toMatch(/Discount|includes/);
  });

  it('links without a token for a customer, and not at all without a storefront', () => {
    const own = orderConfirmation({ ...ORDER, accessToken: null }, SHOP);
    expect(own.text).toContain(`https://tea.example/shop/orders/${ORDER.id}\n`);
    expect(own.text).not.toContain('token');
    expect(own.text).not.toContain('keep it to yourself');
    const none = orderConfirmation(ORDER, { ...SHOP, storefrontUrl: undefined });
    expect(none.text).not.toContain('See your order');
    expect(none.html).not.toContain('<a ');
  });

  it('lets no title or name forge a line, a tag or a header', () => {
    const evil = '</td><script>alert(1)</script>\r\nTotal: £0.00\r\nBcc: all@example.com';
    const address = { ...ORDER.shippingAddress, name: evil, city: evil };
    const line = { ...(ORDER.lines[0] as BoughtLine), title: evil, variantTitle: evil, sku: evil };
    const order = { ...ORDER, number: `BR\r\n${evil}`, shippingName: evil, lines: [line], shippingAddress: address };
    const { subject, text, html } = orderConfirmation(order, { name: evil, storefrontUrl: 'https://x.example/"><b>' });
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).not.toMatch(/^(Bcc|Total: £0\.00)/m);
    expect(html).not.toMatch(/<script|<b>/);
    expect(openTags(html)).toEqual([]);
  });

  it('names the country as it can', () => {
    const country = (code: string) =>
      orderConfirmation({ ...ORDER, shippingAddress: { ...ORDER.shippingAddress, country: code } }, SHOP).text;
    expect(country('DE')).toContain('\nGermany\n');
    expect(country('QQ')).toContain('\nQQ\n');
    expect(country('not a code')).toContain('\nnot a code\n');
  });

  it('has every line and the total in both the text and the HTML, whatever was bought', () => {
    fc.assert(
      fc.property(orders, ({ order, titles }) => {
        const { subject, text, html } = orderConfirmation(order, SHOP);
        const shown = visibleText(html);
        const money = (amount: bigint) => formatMoney({ amount, currency: order.currency });
        let [inText, inHtml] = [0, 0];
        for (const [at, line] of order.lines.entries()) {
          const title = titles[at] ?? '';
          const rest = `${line.sku === null ? '' : `    SKU ${line.sku}\n`}    ${money(line.unitPrice)} each, ${money(line.lineTotal)} in all\n`;
          inText = after(text, `\n${line.quantity} × ${title}\n${rest}`, inText);
          for (const part of [title, String(line.quantity), money(line.unitPrice), money(line.lineTotal)])
            inHtml = after(shown, part, inHtml);
        }
        after(text, `\nTotal: ${money(order.total)}\n`, inText);
        after(shown, money(order.total), inHtml);
        expect(subject).not.toMatch(/[\r\n]/);
        expect(openTags(html)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

/** Where `part` ends in `whole` behind `from`; fails when it is not there. */
function after(whole: string, part: string, from: number): number {
  const at = whole.indexOf(part, from);
  if (at < 0) throw new Error(`${JSON.stringify(part)} is missing behind ${from}`);
  return at + part.length - (part.endsWith('\n') ? 1 : 0);
}

/** What a reader of the HTML sees, element by element. */
function visibleText(html: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return html.replace(/<[^>]*>/g, '\n').replace(/&([#a-z0-9]+);/g, (_, name: string) => entities[name] ?? '?');
}

/** Elements that are opened and not closed, or closed and not opened. */
function openTags(html: string): string[] {
  const open: string[] = [];
  for (const [tag, slash, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
    if (tag.endsWith('/>') || name === undefined) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return [...open, tag];
  }
  return open;
}

const word = fc.oneof(
  fc.constantFrom(
    '<b>',
    '</td>',
    '"',
    "'",
    '&amp;',
    '&',
    '£',
    '🍵',
    '茶',
    'قدح',
    '👩🏽‍🚀',
    '%0d%0a',
    '{{x}}',
    '${x}',
    '--',
    '=0A',
  ),
  fc.stringMatching(/^[!-~]{1,12}$/),
  fc.constant('long'.repeat(500)),
);
/** Words with whatever between them; what is shown has one space there. */
const title = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 6 }), fc.constantFrom(' ', '\n', '\r\n', '\u0000', '\u2028', '\t'))
  .map(([words, gap]) => ({ given: words.join(gap), shown: words.join(' ') }));
const amount = fc.bigInt({ min: 0n, max: 9_007_199_254_740_991n });
const line = fc.record({
  title,
  sku: fc.option(fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/)),
  quantity: fc.integer({ min: 1, max: 100_000 }),
  unitPrice: amount,
  lineTotal: amount,
});
const orders = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 8 }),
    currency: fc.constantFrom('GBP', 'EUR', 'JPY', 'KWD', 'CHF'),
    total: amount,
    discountTotal: amount,
    taxTotal: amount,
    includedTax: amount,
    number: title,
  })
  .map(({ lines, number, ...rest }) => ({
    titles: lines.map(({ title: { shown } }) => shown),
    order: {
      ...ORDER,
      ...rest,
      number: number.given,
      lines: lines.map(({ title: { given }, ...line }) => ({ ...line, title: given, variantTitle: ' ' })),
    },
  }));
