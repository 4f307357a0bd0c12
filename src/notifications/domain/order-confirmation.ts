import { formatMoney } from '../../platform/money/index.js';
import { composeMail } from './compose-mail.js';
import type { Block, Fact, Facts, Line, Lines, MailContent, ShopFace } from './mail-document.js';
import { addressOf, detailOf, linkTo } from './order-blocks.js';
import type { BoughtLine, PaidOrder } from './order-news.js';

/** The mail that confirms a paid order: every line, every total, where it goes, and the way back to it. */
export function orderConfirmation(order: PaidOrder, shop: ShopFace): MailContent {
  return composeMail(shop, {
    subject: `Your order ${order.number} at ${shop.name}`,
    heading: 'Thank you for your order',
    blocks: [
      { kind: 'paragraph', text: `Your payment has arrived, and order ${order.number} is confirmed.` },
      { kind: 'facts', rows: [fact('Order number', order.number), fact('Placed', formatTime(order.placedAt))] },
      ...linkTo(order, shop.storefrontUrl),
      itemsOf(order),
      totalsOf(order),
      ...includedTaxOf(order),
      addressOf(order.shippingAddress),
    ],
  });
}

function itemsOf({ lines, currency }: PaidOrder): Lines {
  return { kind: 'lines', heading: 'Items', rows: lines.map((line) => lineOf(line, currency)) };
}

function lineOf(line: BoughtLine, currency: string): Line {
  return {
    title: line.title,
    detail: detailOf(line),
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

function fact(name: string, value: string): Fact {
  return { name, value };
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
