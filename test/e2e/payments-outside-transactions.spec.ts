import { afterEach, expect, it, jest } from '@jest/globals';
import { ProviderRegistry } from '../../src/payments/app/provider-registry.js';
import type { PaymentProvider } from '../../src/payments/domain/payment-provider.js';
import { HURRY_RECOVERY, RUN_RECOVERY } from '../support/jobs.js';
import { breaches, eventually, makeCart, makeVariant, orderBody, withDatabase } from '../support/shop-fixture.js';
import type { OrderJson } from '../support/shop-fixture.js';
import { asAdmin, startTestApp, type TestApp } from '../support/test-app.js';

/** No question to a payment provider while a transaction is open: it would hold its locks for as long as the provider takes. */

const QUESTIONS = ['charge', 'capture', 'void', 'refund', 'lookUp'] as const satisfies (keyof PaymentProvider)[];
/** Longer than any transaction that is not waiting for the provider. */
const WHILE_ASKED_MS = 400;

let shop: TestApp;
afterEach(() => shop.close());

interface OpenTransaction {
  readonly pid: number;
  readonly since: string;
  readonly query: string;
}

const openTransactions = () =>
  withDatabase(shop, async (client) => {
    const { rows } = await client.query<OpenTransaction>(
      `select pid, xact_start::text as since, query from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`,
    );
    return rows;
  });

/** Has each question of the provider wait, and notes which there were and which transactions stayed open meanwhile. */
function watch() {
  const provider = shop.app.get(ProviderRegistry, { strict: false }).find('test');
  if (!provider) throw new Error('There is no provider "test"');
  const asked = new Set<string>();
  const open: string[] = [];
  for (const question of QUESTIONS) {
    const ask = provider[question].bind(provider) as (what: never) => Promise<never>;
    jest.spyOn(provider, question).mockImplementation(async (what: unknown) => {
      asked.add(question);
      const before = await openTransactions();
      await new Promise((done) => setTimeout(done, WHILE_ASKED_MS));
      for (const { pid, since, query } of await openTransactions())
        if (before.some((one) => one.pid === pid && one.since === since)) open.push(`${question}: ${query}`);
      return ask(what as never);
    });
  }
  return { asked, open };
}

async function place(token?: string): Promise<OrderJson> {
  const { variantId } = await makeVariant(shop);
  const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
  return (await shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, token), { expect: 201 })).json;
}

it('a charge, a refund, a cancellation and recovery ask outside of transactions', async () => {
  shop = await startTestApp({ PAYMENT_TIMEOUT_MS: '1500' });
  const admin = await asAdmin(shop);
  const { asked, open } = watch();
  const { id } = await place();
  await admin.post(`/v1/orders/${id}/refunds`, { amount: { amount: 1, currency: 'GBP' } }, { expect: 201 });
  await admin.post(`/v1/orders/${id}/cancel`, {}, { expect: 200 });
  const lost = await place('tok_timeout_charged');
  await eventually(
    async () => {
      await withDatabase(shop, (client) => client.query(`${HURRY_RECOVERY}; ${RUN_RECOVERY}`));
      return (await admin.get<OrderJson>(`/v1/orders/${lost.id}`)).json.status;
    },
    (status) => status === 'paid',
  );
  expect(open).toEqual([]);
  expect([...asked].sort()).toEqual(['charge', 'lookUp', 'refund']);
  expect(await breaches(shop)).toEqual([]);
}, 60_000);

it('a capture and a void ask outside of transactions', async () => {
  shop = await startTestApp({ PAYMENT_CAPTURE: 'manual', PAYMENT_TIMEOUT_MS: '1500' });
  const admin = await asAdmin(shop);
  const { asked, open } = watch();
  await admin.post(`/v1/orders/${(await place()).id}/capture`, undefined, { expect: 200 });
  await admin.post(`/v1/orders/${(await place()).id}/cancel`, {}, { expect: 200 });
  expect(open).toEqual([]);
  expect([...asked].sort()).toEqual(['capture', 'charge', 'void']);
  expect(await breaches(shop)).toEqual([]);
}, 60_000);
