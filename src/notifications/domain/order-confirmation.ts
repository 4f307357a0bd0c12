import { formatMoney } from '../../platform/money/index.js';
import { composeMail } from './compose-mail.js';
import type { Address, Block, Fact, Facts, Line, Lines, MailContent, ShopFace } from './mail-document.js';
import type { BoughtLine, PaidOrder, PostalAddress } from './order-news.js';

/** The mail that confirms a paid order: every line, every total, where it goes, and the way back to it. */
export function orderConfirmation(order: PaidOrder, shop: ShopFace): MailContent {
  return composeMail(shop, {
    subject: `Your order ${order.number} at ${shop.name}`,
    heading: 'Thank you for your order',
    blocks: [
      { kind: 'paragraph', text: `Your payment has arrived, and order ${order.number} is confirmed.` },
      { kind: 'facts', rows: [fact('Order number', order.number), fact('Placed', formatTime(order.placedAt))] },
      ...linkTo(order, shop),
      itemsOf(order),
      totalsOf(order),
      ...includedTaxOf(order),
      addressOf(order.shippingAddress),
    ],
  });
}

/**
 * The storefront's page of the order. The token stands behind `#`, which browsers send to no server, so that it lands in no log.
 */
function linkTo(order: PaidOrder, shop: ShopFace): Block[] {
  if (shop.storefrontUrl === undefined) return [];
  const page = `${shop.storefrontUrl}/orders/${encodeURIComponent(order.id)}`;
  if (order.accessToken === null) return [{ kind: 'link', label: 'See your order', url: page }];
  return [
    { kind: 'link', label: 'See your order', url: `${page}#token=${encodeURIComponent(order.accessToken)}` },
    { kind: 'paragraph', text: 'Whoever has this link can see the order, so keep it to yourself.' },
  ];
}

function itemsOf({ lines, currency }: PaidOrder): Lines {
  return { kind: 'lines', heading: 'Items', rows: lines.map((line) => lineOf(line, currency)) };
}

function lineOf(line: BoughtLine, currency: string): Line {
  const details = [line.variantTitle, line.sku === null ? '' : `SKU ${line.sku}`].filter((text) => text.trim() !== '');
  return {
    title: line.title,
    detail: details.length === 0 ? null : details.join(' · '),
    quantity: line.quantity,
    unitPrice: formatMoney({ amount: line.unitPrice, currency }),
    total: formatMoney({ amount: line.lineTotal, currency }),
  };
}

function totalsOf(order: PaidOrder): Facts {
  const money = (amount: bigint) => formatMoney({ amount, currency: order.currency });
  const rows: Fact[] = [fact('Subtotal', money(order.subtotal))];
  if (order.discountTotal > 0n) rows.push(fact('Discount', money(-order.discountTotal)));
  rows.push(fact(`Shipping (${order.shippingName})`, money(order.shippingTotal)));
  if (order.taxTotal > 0n) rows.push(fact('Tax', money(order.taxTotal)));
  rows.push({ name: 'Total', value: money(order.total), strong: true });
  return { kind: 'facts', rows };
}

/** Where prices contain the tax it is told, and not added. */
function includedTaxOf({ includedTax, currency }: PaidOrder): Block[] {
  if (includedTax <= 0n) return [];
  return [{ kind: 'paragraph', text: `The total includes tax of ${formatMoney({ amount: includedTax, currency })}.` }];
}

function addressOf(address: PostalAddress): Address {
  const town = [address.city, address.region, address.postalCode].filter(isGiven).join(', ');
  const lines = [address.name, address.line1, address.line2, town, countryName(address.country), address.phone];
  return { kind: 'address', heading: 'Delivery address', lines: lines.filter(isGiven) };
}

function isGiven(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text.trim() !== '';
}

function fact(name: string, value: string): Fact {
  return { name, value };
}

const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** "United Kingdom" for GB; whatever is no code stays as it is. */
function countryName(code: string): string {
  return /^[A-Za-z]{2}$/.test(code) ? (COUNTRIES.of(code) ?? code) : code;
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** "5 January 2026, 14:03 UTC": put together here, because what stands between the parts changes from one version of ICU to another. */
function formatTime(time: Date): string {
  const parts = new Map(TIME.formatToParts(time).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return `${part('day')} ${part('month')} ${part('year')}, ${part('hour')}:${part('minute')} UTC`;
}
