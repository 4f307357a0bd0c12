import { formatMoney } from '../../platform/money/index.js';
import { composeMail } from './compose-mail.js';
import type { Block, MailContent, ShopFace } from './mail-document.js';
import type { CancelledOrder, RefundedOrder, UnpaidOrder } from './order-news.js';

/** The mail that tells that an order was cancelled, and what of the money comes back. */
export function orderCancellation(order: CancelledOrder, shop: ShopFace): MailContent {
  const blocks: Block[] = [
    { kind: 'paragraph', text: `Order ${order.number} is cancelled, and nothing of it will be sent.` },
  ];
  if (order.reason !== null && order.reason.trim() !== '')
    blocks.push({ kind: 'paragraph', text: `Reason: ${order.reason}` });
  if (order.refundedTotal > 0n) {
    const amount = formatMoney({ amount: order.refundedTotal, currency: order.currency });
    blocks.push({ kind: 'paragraph', text: `${amount} goes back to you, the way you paid. ${BANKS_TAKE_TIME}` });
  }
  return composeMail(shop, {
    subject: `Your order ${order.number} at ${shop.name} is cancelled`,
    heading: 'Your order is cancelled',
    blocks,
  });
}

/** The mail that tells of a refund, in part or whole. */
export function orderRefund(order: RefundedOrder, shop: ShopFace): MailContent {
  const amount = formatMoney({ amount: order.amount, currency: order.currency });
  return composeMail(shop, {
    subject: `Refund for your order ${order.number} at ${shop.name}`,
    heading: 'Your refund is on its way',
    blocks: [
      { kind: 'paragraph', text: `For order ${order.number} we send ${amount} back to you, the way you paid.` },
      { kind: 'paragraph', text: BANKS_TAKE_TIME },
    ],
  });
}

/** The mail that tells that a refund, of which an earlier mail told, did not arrive. */
export function orderRefundReturn(order: RefundedOrder, shop: ShopFace): MailContent {
  const amount = formatMoney({ amount: order.amount, currency: order.currency });
  return composeMail(shop, {
    subject: `Refund for your order ${order.number} at ${shop.name} did not arrive`,
    heading: 'Your refund came back to us',
    blocks: [
      {
        kind: 'paragraph',
        text: `We sent ${amount} back to you for order ${order.number}, the way you paid, and your bank did not accept it. The money is still yours.`,
      },
      {
        kind: 'paragraph',
        text: 'If the card or account that you paid with is closed, please tell us how else we can send it to you.',
      },
    ],
  });
}

/** The mail that tells that a confirmed order ends, because its money could not be taken. */
export function orderPaymentFailure(order: UnpaidOrder, shop: ShopFace): MailContent {
  const amount = formatMoney({ amount: order.total, currency: order.currency });
  return composeMail(shop, {
    subject: `Payment for your order ${order.number} at ${shop.name} did not go through`,
    heading: 'Your payment did not go through',
    blocks: [
      {
        kind: 'paragraph',
        text: `We could not take the ${amount} for order ${order.number}. Nothing was charged, and nothing of the order will be sent.`,
      },
      { kind: 'paragraph', text: 'If you still want the goods, please place the order once more.' },
    ],
  });
}

const BANKS_TAKE_TIME = 'It may take a few days until your bank shows it.';
