import { simpleParser } from 'mailparser';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from './api-client.js';
import { makeCart, orderBody, type Money, type OrderJson } from './shop-fixture.js';
import type { TestApp } from './test-app.js';

/** An order with what becomes of it after it was paid. */
export interface SentOrder extends Omit<OrderJson, 'items' | 'refunds'> {
  readonly fulfilmentStatus: string;
  readonly items: (OrderJson['items'][number] & {
    fulfilledQuantity: number;
    cancelledQuantity: number;
    returnedQuantity: number;
    restockedQuantity: number;
  })[];
  readonly refunds: {
    id: string;
    status: string;
    amount: Money;
    items: { itemId: string; quantity: number; cancelled: number }[];
  }[];
  readonly fulfilments: {
    id: string;
    position: number;
    locationId: string;
    carrier: string | null;
    trackingNumber: string | null;
    items: { itemId: string; quantity: number }[];
  }[];
  readonly returns: {
    id: string;
    status: string;
    answer: string | null;
    refundId: string | null;
    items: { itemId: string; quantity: number; received: number; restocked: number }[];
  }[];
}

/** Places an order, as a guest unless `client` says otherwise. */
export async function place(
  shop: TestApp,
  items: { variantId: string; quantity: number }[],
  { client = shop.guest, token }: { client?: ApiClient; token?: string } = {},
): Promise<SentOrder> {
  const wanted = items.map(({ variantId, quantity }) => ({ variantId, quantity }));
  const cart = await makeCart(client, wanted);
  return (await client.post<SentOrder>('/v1/orders', orderBody(cart.id, token), { expect: 201 })).json;
}

export const tokenOf = (order: { accessToken?: string }) => ({ 'order-token': order.accessToken ?? '' });

export interface DecodedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mails that were kept as files and speak of the order, as a mail program shows them. */
export async function mailsAbout(shop: Pick<TestApp, 'dataDir'>, number: string): Promise<DecodedMail[]> {
  const folder = join(shop.dataDir, 'mail');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.eml')) : [];
  const mails = await Promise.all(names.map((name) => simpleParser(readFileSync(join(folder, name)))));
  return mails
    .map(({ subject = '', text = '', html }) => ({ subject, text, html: html || '' }))
    .filter(({ text }) => text.includes(number));
}
