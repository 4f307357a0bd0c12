import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../support/api-client.js';
import { MailServer, reply } from '../support/mail-server.js';
import { eventually, makeCart, makeVariant, orderBody, type OrderJson } from '../support/shop-fixture.js';
import { asAdmin, startTestApp, type TestApp } from '../support/test-app.js';

interface MailJson {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly status: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly sentAt: string | null;
  readonly text: string;
  readonly html: string;
}
interface Page {
  readonly items: MailJson[];
  readonly nextCursor: string | null;
}

let shop: TestApp;
let admin: ApiClient;
let server: MailServer;
/** Whether the mail server takes the shop's password. */
let mended = false;

beforeAll(async () => {
  server = await new MailServer({
    authOptional: false,
    onAuth: (_, __, done) => (mended ? done(null, { user: 'shop' }) : done(reply(535, '5.7.8 wrong'))),
  }).start();
  shop = await startTestApp({
    SMTP_URL: `smtp://shop:secret@127.0.0.1:${server.port}`,
    STOREFRONT_URL: 'https://tea.example',
  });
  admin = await asAdmin(shop);
});
afterAll(async () => {
  await shop.close();
  await server.stop();
});

async function buy(email: string): Promise<OrderJson> {
  const { variantId } = await makeVariant(shop);
  const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
  const { json } = await shop.guest.post<OrderJson>('/v1/orders', { ...orderBody(cart.id), email }, { expect: 201 });
  return json;
}

/** The one mail to the address, once it stands so. */
async function mailTo(email: string, status: string): Promise<MailJson> {
  const { items } = await eventually(
    async () => (await admin.get<Page>(`/v1/mails?recipient=${encodeURIComponent(email)}`, { expect: 200 })).json,
    (page) => page.items.length === 1 && page.items[0]?.status === status,
  );
  return items[0] as MailJson;
}

describe('mails', () => {
  it('that failed are seen, and sent when staff ask for it once the fault is mended', async () => {
    const email = 'ada+1@customers.example';
    const order = await buy(email);
    const failed = await mailTo(email, 'failed');
    expect(failed).toMatchObject({ kind: 'order_confirmation', attempts: 1, sentAt: null });
    expect(failed.lastError).toMatch(/^EAUTH 535/);
    expect((await admin.get<Page>('/v1/mails?status=failed')).json.items.map(({ id }) => id)).toContain(failed.id);
    expect((await admin.get<Page>('/v1/mails?status=sent')).json.items).toEqual([]);

    const whole = await admin.get<MailJson>(`/v1/mails/${failed.id}`, { expect: 200 });
    expect(whole.json.text).toContain(order.number);
    expect(whole.json.html).toContain(`https://tea.example/orders/${order.id}#token=[hidden]`);
    expect(order.accessToken).toMatch(/^ot1_/);
    expect(whole.text).not.toContain(order.accessToken);

    mended = true;
    const headers = { 'idempotency-key': randomUUID() };
    const path = `/v1/mails/${failed.id}/replay`;
    const answers = await Promise.all(
      [1, 2].map(() => admin.post<MailJson>(path, undefined, { headers, expect: 202 })),
    );
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect(await mailTo(email, 'sent')).toMatchObject({ id: failed.id, attempts: 1, lastError: null });
    expect(server.received).toHaveLength(1);
    // What the customer gets is whole.
    expect(server.received[0]?.parsed.text).toContain(`#token=${order.accessToken}`);
  });

  it('that were sent go out again under the same Message-ID', async () => {
    mended = true;
    const email = 'ada+2@customers.example';
    await buy(email);
    const sent = await mailTo(email, 'sent');
    const before = server.received.length;
    const { json } = await admin.post<MailJson>(`/v1/mails/${sent.id}/replay`, undefined, { expect: 202 });
    expect(json).toMatchObject({ status: 'queued', attempts: 0, sentAt: null });
    await mailTo(email, 'sent');
    const mine = server.received.filter(({ to }) => to.includes(email));
    expect(server.received).toHaveLength(before + 1);
    expect(new Set(mine.map(({ parsed }) => parsed.messageId)).size).toBe(1);
    expect(mine).toHaveLength(2);
  });

  it('are paged, and none is found where there is none', async () => {
    const first = await admin.get<Page>('/v1/mails?limit=1', { expect: 200 });
    const second = await admin.get<Page>(`/v1/mails?limit=1&cursor=${first.json.nextCursor}`, { expect: 200 });
    expect(new Set([...first.json.items, ...second.json.items].map(({ id }) => id)).size).toBe(2);
    expect((await admin.get<Page>('/v1/mails?recipient=nobody@example.com')).json.items).toEqual([]);
    for (const path of ['/v1/mails/x', '/v1/mails/0198c5f0-7b7e-7000-8000-00000000dead'])
      expect((await admin.get(path)).status).toBe(404);
    expect((await admin.post('/v1/mails/0198c5f0-7b7e-7000-8000-00000000dead/replay')).status).toBe(404);
    expect((await admin.get('/v1/mails?status=lost')).status).toBe(422);
    expect((await admin.get('/v1/mails?cursor=nonsense')).status).toBe(422);
  });
});
