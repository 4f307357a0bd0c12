import type { Shape } from './shape.js';

/** A type of event that subscribers can ask for. */
export interface PublicEvent {
  readonly description: string;
  readonly shape: Shape;
  /** A payload as the shop writes it; its public part is the example that subscribers see. */
  readonly example: object;
}

const ORDER = { orderId: 'text', number: 'text', currency: 'text' } as const;
const UNITS = { title: 'text', variantTitle: 'text', sku: 'text', quantity: 'count' } as const;
const CONFIRMED = {
  ...ORDER,
  placedAt: 'text',
  items: [{ ...UNITS, unitPrice: 'money', lineTotal: 'money' }],
  subtotal: 'money',
  discountTotal: 'money',
  shippingTotal: 'money',
  shippingName: 'text',
  taxTotal: 'money',
  includedTax: 'money',
  total: 'money',
} as const satisfies Shape;
const LINE_UNITS = { itemId: 'text', ...UNITS } as const;
const RETURN = { ...ORDER, returnId: 'text', items: [LINE_UNITS] } as const satisfies Shape;

const ORDER_EXAMPLE = {
  orderId: '0198c5f0-7b7e-7000-8000-000000000010',
  number: 'BR-7K3QX9',
  currency: 'GBP',
};
const UNITS_EXAMPLE = { title: 'White mug', variantTitle: 'Large', sku: 'MUG-L', quantity: 2 };
const CONFIRMED_EXAMPLE = {
  ...ORDER_EXAMPLE,
  placedAt: '2026-01-05T14:03:59.000Z',
  items: [{ ...UNITS_EXAMPLE, unitPrice: 350, lineTotal: 700 }],
  subtotal: 700,
  discountTotal: 0,
  shippingTotal: 495,
  shippingName: 'Standard',
  taxTotal: 0,
  includedTax: 199,
  total: 1195,
};
const LINE_UNITS_EXAMPLE = { itemId: '0198c5f0-7b7e-7000-8000-000000000011', ...UNITS_EXAMPLE };
const RETURN_EXAMPLE = {
  ...ORDER_EXAMPLE,
  returnId: '0198c5f0-7b7e-7000-8000-000000000030',
  items: [LINE_UNITS_EXAMPLE],
};

/**
 * Every event that leaves the shop. They name orders, goods and amounts, and nobody's name, address or e-mail: a subscription is no way
 * round the permission to read orders, and a receiver that may read them finds the rest by the order's id.
 */
export const PUBLIC_EVENTS = {
  'orders.authorized': {
    description: 'An order was placed and its money is set aside; it is taken later (`PAYMENT_CAPTURE=manual`).',
    shape: CONFIRMED,
    example: CONFIRMED_EXAMPLE,
  },
  'orders.paid': {
    description: "An order's money was taken.",
    shape: CONFIRMED,
    example: CONFIRMED_EXAMPLE,
  },
  'orders.payment_failed': {
    description: 'An order came to nothing: its payment was declined or never finished, and the stock is free again.',
    shape: { ...ORDER, total: 'money' },
    example: { ...ORDER_EXAMPLE, total: 1195 },
  },
  'orders.cancelled': {
    description: 'An order was cancelled; `refundedTotal` goes back to the customer, null where nothing had been paid.',
    shape: { ...ORDER, reason: 'text', refundedTotal: 'money' },
    example: { ...ORDER_EXAMPLE, reason: 'Ordered twice', refundedTotal: 1195 },
  },
  'orders.refunded': {
    description: 'Money of an order was given back, in part or whole.',
    shape: { ...ORDER, refundId: 'text', amount: 'money' },
    example: { ...ORDER_EXAMPLE, refundId: '0198c5f0-7b7e-7000-8000-000000000020', amount: 350 },
  },
  'orders.refund_reversed': {
    description:
      "A refund that had been given came back to the shop, since the customer's bank did not accept it: the money is owed again.",
    shape: { ...ORDER, refundId: 'text', amount: 'money' },
    example: { ...ORDER_EXAMPLE, refundId: '0198c5f0-7b7e-7000-8000-000000000020', amount: 350 },
  },
  'orders.fulfilled': {
    description: 'Goods of an order were sent: one parcel. With `complete` nothing of the order is left to send.',
    shape: {
      ...ORDER,
      fulfilmentId: 'text',
      position: 'count',
      locationId: 'text',
      carrier: 'text',
      trackingNumber: 'text',
      trackingUrl: 'text',
      items: [LINE_UNITS],
      complete: 'flag',
    },
    example: {
      ...ORDER_EXAMPLE,
      fulfilmentId: '0198c5f0-7b7e-7000-8000-000000000040',
      position: 1,
      locationId: '01890000-0000-7000-8000-000000000001',
      carrier: 'Royal Mail',
      trackingNumber: 'AB123456789GB',
      trackingUrl: 'https://track.example/AB123456789GB',
      items: [LINE_UNITS_EXAMPLE],
      complete: true,
    },
  },
  'orders.return_requested': {
    description: 'A customer wants to send goods back.',
    shape: RETURN,
    example: RETURN_EXAMPLE,
  },
  'orders.return_approved': {
    description: 'Staff agreed to a return.',
    shape: RETURN,
    example: RETURN_EXAMPLE,
  },
  'orders.return_rejected': {
    description: 'Staff declined a return.',
    shape: RETURN,
    example: RETURN_EXAMPLE,
  },
  'orders.return_received': {
    description:
      'Goods of a return have arrived; `items` are those that did. `refundAmount` is what is asked back for them, null where nothing is; `orders.refunded` tells when it is given.',
    shape: {
      ...RETURN,
      items: [{ ...LINE_UNITS, restocked: 'count' }],
      refundId: 'text',
      refundAmount: 'money',
    },
    example: {
      ...RETURN_EXAMPLE,
      items: [{ ...LINE_UNITS_EXAMPLE, restocked: 2 }],
      refundId: '0198c5f0-7b7e-7000-8000-000000000020',
      refundAmount: 700,
    },
  },
  'inventory.low_stock': {
    description: 'What can still be sold of a variant has fallen to its threshold.',
    shape: { variantId: 'text', sku: 'text', available: 'count', threshold: 'count' },
    example: { variantId: '0198c5f0-7b7e-7000-8000-000000000050', sku: 'MUG-L', available: 4, threshold: 5 },
  },
} as const satisfies Readonly<Record<string, PublicEvent>>;

export type PublicEventType = keyof typeof PUBLIC_EVENTS;

export const PUBLIC_EVENT_TYPES = Object.keys(PUBLIC_EVENTS) as PublicEventType[];

/** Stands for every type there is, those of later releases too. */
export const EVERY_TYPE = '*';

export function isPublicEventType(type: string): type is PublicEventType {
  return Object.hasOwn(PUBLIC_EVENTS, type);
}
