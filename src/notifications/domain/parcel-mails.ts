import { formatMoney } from '../../platform/money/index.js';
import { composeMail } from './compose-mail.js';
import type { Block, Fact, Goods, MailContent, ShopFace } from './mail-document.js';
import { addressOf, detailOf, isGiven, linkTo } from './order-blocks.js';
import type { AskedReturn, DecidedReturn, NamedUnits, ReceivedReturn, SentParcel } from './order-news.js';

/** The mail that tells that a parcel left, what it holds, and how to follow it. */
export function parcelSent(parcel: SentParcel, shop: ShopFace): MailContent {
  const what = parcel.complete ? 'Your order' : 'A part of your order';
  const rest = parcel.complete ? '' : ' The rest follows.';
  return composeMail(shop, {
    subject: `${what} ${parcel.number} at ${shop.name} is on its way`,
    heading: `${what} is on its way`,
    blocks: [
      { kind: 'paragraph', text: `We have sent these goods of order ${parcel.number}.${rest}` },
      ...trackingOf(parcel),
      goodsOf(parcel.items, 'In this parcel'),
      addressOf(parcel.shippingAddress),
      ...linkTo(parcel, shop.storefrontUrl),
    ],
  });
}

/** The mail that tells that the shop has got the question whether something may go back. */
export function returnAsked(back: AskedReturn, shop: ShopFace): MailContent {
  return composeMail(shop, {
    subject: `We have your return request for order ${back.number} at ${shop.name}`,
    heading: 'We have your return request',
    blocks: [
      {
        kind: 'paragraph',
        text: `You would like to send back goods of order ${back.number}. Please keep them until you have heard from us.`,
      },
      goodsOf(back.items, 'To go back'),
      ...linkTo(back, shop.storefrontUrl),
    ],
  });
}

/** The mail that tells that something may go back. */
export function returnApproved(back: DecidedReturn, shop: ShopFace): MailContent {
  return composeMail(shop, {
    subject: `Your return for order ${back.number} at ${shop.name} is approved`,
    heading: 'Your return is approved',
    blocks: [
      { kind: 'paragraph', text: `Please send these goods of order ${back.number} back to us.` },
      ...answerOf(back),
      goodsOf(back.items, 'To go back'),
      ...linkTo(back, shop.storefrontUrl),
    ],
  });
}

/** The mail that tells that something may not go back. */
export function returnRejected(back: DecidedReturn, shop: ShopFace): MailContent {
  return composeMail(shop, {
    subject: `Your return for order ${back.number} at ${shop.name}`,
    heading: 'We cannot accept your return',
    blocks: [
      {
        kind: 'paragraph',
        text: `We cannot take these goods of order ${back.number} back. Please do not send them.`,
      },
      ...answerOf(back),
      goodsOf(back.items, 'You asked to send back'),
      ...linkTo(back, shop.storefrontUrl),
    ],
  });
}

/** The mail that tells that goods have come back, and what of the money goes back for them. */
export function returnArrived(back: ReceivedReturn, shop: ShopFace): MailContent {
  const blocks: Block[] = [
    { kind: 'paragraph', text: `We have received goods of order ${back.number} from you.` },
    goodsOf(back.items, 'Received'),
  ];
  if (back.refundAmount > 0n) {
    const amount = formatMoney({ amount: back.refundAmount, currency: back.currency });
    const text = `We are giving you ${amount} back for them, the way you paid, and write to you when it is on its way.`;
    blocks.push({ kind: 'paragraph', text });
  }
  return composeMail(shop, {
    subject: `We have received your return for order ${back.number} at ${shop.name}`,
    heading: 'We have received your return',
    blocks: [...blocks, ...linkTo(back, shop.storefrontUrl)],
  });
}

function goodsOf(items: readonly NamedUnits[], heading: string): Goods {
  return {
    kind: 'goods',
    heading,
    rows: items.map((item) => ({ title: item.title, detail: detailOf(item), quantity: item.quantity })),
  };
}

function trackingOf({ carrier, trackingNumber, trackingUrl }: SentParcel): Block[] {
  const rows: Fact[] = [];
  if (isGiven(carrier)) rows.push({ name: 'Carrier', value: carrier });
  if (isGiven(trackingNumber)) rows.push({ name: 'Tracking number', value: trackingNumber });
  return [
    ...(rows.length > 0 ? [{ kind: 'facts', rows } as const] : []),
    ...(isGiven(trackingUrl) ? [{ kind: 'link', label: 'Follow your parcel', url: trackingUrl } as const] : []),
  ];
}

function answerOf({ answer }: DecidedReturn): Block[] {
  return isGiven(answer) ? [{ kind: 'paragraph', text: answer }] : [];
}
