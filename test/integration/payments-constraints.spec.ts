import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/platform/ids/index.js';
import { startPaymentsShop, type PaymentsShop } from '../support/payments-shop.js';

/** What the database itself refuses, whatever code writes. */
let shop: PaymentsShop;
let orderId: string;
beforeAll(async () => {
  shop = await startPaymentsShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  orderId = await shop.order();
});

type Values = Record<string, unknown>;

const sql = (text: string, values: unknown[] = []) => shop.db.pool.query(text, values);

async function insert(table: string, values: Values): Promise<string> {
  const columns = Object.keys(values);
  const marks = columns.map((_, i) => `$${i + 1}`).join(', ');
  await sql(`insert into ${table} (${columns.join(', ')}) values (${marks})`, Object.values(values));
  return String(values['id'] ?? values['key']);
}

/** PostgreSQL 18 has a code of its own for RESTRICT. */
const RESTRICTED = { code: expect.stringMatching(/^(23001|23503)$/) };

const NOW = new Date('2026-01-05T10:00:00Z');

const attempt = (values: Values = {}) =>
  insert('payment_attempt', {
    id: newId(),
    order_id: orderId,
    provider: 'test',
    status: 'pending',
    amount: 1000,
    currency: 'GBP',
    deadline_at: NOW,
    created_at: NOW,
    ...values,
  });

const AUTHORIZED = { status: 'authorized', authorized: 1000 };
const CAPTURED = { status: 'captured', captured: 1000, settled_at: NOW };

const refund = (paymentId: string, values: Values = {}) =>
  insert('refund', {
    id: newId(),
    order_id: orderId,
    payment_id: paymentId,
    status: 'pending',
    amount: 100,
    currency: 'GBP',
    deadline_at: NOW,
    created_at: NOW,
    ...values,
  });

const providersCharge = (values: Values = {}) =>
  insert('test_provider_charge', {
    key: newId(),
    status: 'captured',
    amount: 1000,
    currency: 'GBP',
    token: 'tok_approved',
    created_at: NOW,
    ...values,
  });

const update = (table: string, id: string, change: string) => sql(`update ${table} set ${change} where id = $1`, [id]);

describe('an attempt', () => {
  it.each<[string, Values]>([
    ['payment_attempt_amounts_check', { amount: -1 }],
    ['payment_attempt_amounts_check', { ...CAPTURED, captured: -1, refunded: -1 }],
    ['payment_attempt_captured_check', { ...CAPTURED, captured: 1001 }],
    ['payment_attempt_refunded_check', { ...CAPTURED, refunded: 1001 }],
    ['payment_attempt_refunded_check', { refunded: 1 }],
    ['payment_attempt_untaken_check', { captured: 1 }],
    ['payment_attempt_untaken_check', { status: 'failed', captured: 1, settled_at: NOW }],
    ['payment_attempt_void_requested_check', { ...CAPTURED, void_requested_at: NOW }],
    ['payment_attempt_amounts_check', { authorized: -1 }],
    ['payment_attempt_amounts_check', { ...CAPTURED, fee: -1 }],
    ['payment_attempt_authorized_check', { authorized: 1001 }],
    ['payment_attempt_authorized_check', { ...AUTHORIZED, authorized: 999 }],
    ['payment_attempt_untaken_check', { ...AUTHORIZED, captured: 1 }],
    ['payment_attempt_fee_check', { ...CAPTURED, fee: 1001 }],
    ['payment_attempt_fee_check', { ...AUTHORIZED, fee: 1 }],
    ['payment_attempt_one_intention_check', { ...AUTHORIZED, void_requested_at: NOW, capture_requested_at: NOW }],
    ['payment_attempt_settled_check', { ...AUTHORIZED, settled_at: NOW }],
    ['payment_attempt_settled_check', { settled_at: NOW }],
    ['payment_attempt_settled_check', { status: 'failed' }],
    ['payment_attempt_decline_code_check', { status: 'declined', settled_at: NOW }],
    ['payment_attempt_decline_code_check', { decline_code: 'card_declined' }],
    ['payment_attempt_next_action_check', { status: 'requires_action' }],
    ['payment_attempt_next_action_check', { ...CAPTURED, next_action: '{}' }],
  ])('breaks %s with %j', async (constraint, values) => {
    await expect(attempt(values)).rejects.toMatchObject({ code: '23514', constraint });
  });

  it('has an order', async () => {
    await expect(attempt({ order_id: newId() })).rejects.toMatchObject({ code: '23503' });
    await attempt();
    await expect(sql('delete from "order" where id = $1', [orderId])).rejects.toMatchObject(RESTRICTED);
  });

  it.each([{}, { status: 'requires_action', next_action: '{}' }, AUTHORIZED, CAPTURED])(
    'is the only live one of its order: %j',
    async (values) => {
      await attempt(values);
      await expect(attempt()).rejects.toMatchObject({ code: '23505', constraint: 'payment_attempt_one_live_key' });
    },
  );

  it('leaves room for another one when nothing came of it', async () => {
    await attempt({ status: 'declined', decline_code: 'card_declined', settled_at: NOW });
    await attempt({ status: 'failed', settled_at: NOW });
    await attempt({ status: 'voided', settled_at: NOW });
    await attempt();
  });

  it.each<[string, Values, string]>([
    ['captured', CAPTURED, "status = 'pending', settled_at = null, captured = 0"],
    ['captured', CAPTURED, "status = 'failed', captured = 0"],
    [
      'declined',
      { status: 'declined', decline_code: 'x', settled_at: NOW },
      "status = 'captured', decline_code = null",
    ],
    ['failed', { status: 'failed', settled_at: NOW }, "status = 'pending', settled_at = null"],
    ['voided', { status: 'voided', settled_at: NOW }, "status = 'captured', captured = 1000"],
    ['requires_action', { status: 'requires_action', next_action: '{}' }, "status = 'pending', next_action = null"],
    ['authorized', AUTHORIZED, "status = 'pending'"],
    ['authorized', AUTHORIZED, "status = 'requires_action', next_action = '{}'"],
    ['authorized', AUTHORIZED, "status = 'declined', decline_code = 'x', settled_at = now()"],
    ['captured', CAPTURED, "status = 'authorized', authorized = 1000, captured = 0, settled_at = null"],
  ])('does not come back from %s', async (_, values, change) => {
    const id = await attempt(values);
    await expect(update('payment_attempt', id, change)).rejects.toMatchObject({ code: '55000' });
  });

  it.each([
    'amount = 900, captured = 900',
    "currency = 'EUR'",
    "provider = 'acme'",
    'order_id = gen_random_uuid()',
    'auto_capture = false',
    "description = 'B-2'",
  ])('is not made into another one: %s', async (change) => {
    const id = await attempt(CAPTURED);
    await expect(update('payment_attempt', id, change)).rejects.toMatchObject({ code: '55000' });
  });
});

describe('an attempt’s history', () => {
  const history = (id: string) =>
    sql(
      'select status, authorized, captured, refunded from payment_attempt_history where payment_id = $1 order by id',
      [id],
    );

  it('is written by the database, a row for each state', async () => {
    const id = await attempt();
    await update('payment_attempt', id, "status = 'authorized', authorized = 1000");
    await update('payment_attempt', id, 'deadline_at = now()');
    await update('payment_attempt', id, "status = 'captured', captured = 1000, settled_at = now()");
    await update('payment_attempt', id, 'refunded = 1');
    expect((await history(id)).rows).toEqual([
      { status: 'pending', authorized: '0', captured: '0', refunded: '0' },
      { status: 'authorized', authorized: '1000', captured: '0', refunded: '0' },
      { status: 'captured', authorized: '1000', captured: '1000', refunded: '0' },
      { status: 'captured', authorized: '1000', captured: '1000', refunded: '1' },
    ]);
  });

  it.each([
    'update payment_attempt_history set captured = 1 where payment_id = $1',
    'delete from payment_attempt_history where payment_id = $1',
  ])('is never rewritten: %s', async (statement) => {
    const id = await attempt();
    await expect(sql(statement, [id])).rejects.toMatchObject({ code: '55000' });
    await expect(sql('truncate payment_attempt_history')).rejects.toMatchObject({ code: '55000' });
    expect((await history(id)).rows).toHaveLength(1);
  });
});

describe('news of a provider', () => {
  const news = (values: Values = {}) =>
    insert('provider_event', {
      provider: 'test',
      event_id: newId(),
      type: 'charge.captured',
      occurred_at: NOW,
      received_at: NOW,
      ...values,
    });

  it('is there once, and has an id', async () => {
    await news({ event_id: 'evt_1' });
    await news({ event_id: 'evt_1', provider: 'stripe' });
    await expect(news({ event_id: 'evt_1' })).rejects.toMatchObject({ code: '23505' });
    await expect(news({ event_id: '' })).rejects.toMatchObject({ constraint: 'provider_event_id_check' });
  });
});

describe('a refund', () => {
  it.each<[string, Values]>([
    ['refund_amount_check', { amount: 0 }],
    ['refund_amount_check', { amount: -5 }],
    ['refund_settled_check', { settled_at: NOW }],
    ['refund_settled_check', { status: 'succeeded' }],
    ['refund_failure_check', { status: 'failed', settled_at: NOW }],
    ['refund_failure_check', { failure: 'no' }],
    ['refund_reversed_check', { status: 'succeeded', settled_at: NOW, reversed_at: NOW }],
  ])('breaks %s with %j', async (constraint, values) => {
    const id = await attempt(CAPTURED);
    await expect(refund(id, values)).rejects.toMatchObject({ code: '23514', constraint });
  });

  it.each([
    [{ status: 'succeeded', settled_at: NOW }, "status = 'pending', settled_at = null"],
    [{ status: 'succeeded', settled_at: NOW }, "status = 'failed', failure = 'no'"],
    [{ status: 'failed', failure: 'no', settled_at: NOW }, "status = 'succeeded', failure = null"],
    [{}, 'amount = 101'],
    [{}, "currency = 'EUR'"],
    [{}, "status = 'failed', failure = 'no', settled_at = now(), reversed_at = now()"],
    [{ status: 'failed', failure: 'no', settled_at: NOW }, 'reversed_at = now()'],
  ])('%j keeps what it is: %s', async (values, change) => {
    const id = await refund(await attempt(CAPTURED), values);
    await expect(update('refund', id, change)).rejects.toMatchObject({ code: '55000' });
  });

  it('comes back once, after it has succeeded', async () => {
    const id = await refund(await attempt(CAPTURED), { status: 'succeeded', settled_at: NOW });
    await update('refund', id, "status = 'failed', failure = 'no', reversed_at = now()");
    await expect(update('refund', id, 'reversed_at = null')).rejects.toMatchObject({ code: '55000' });
    await expect(update('refund', id, "status = 'succeeded', failure = null")).rejects.toMatchObject({ code: '55000' });
  });

  it('has a payment', async () => {
    const id = await attempt(CAPTURED);
    await refund(id);
    await expect(refund(newId())).rejects.toMatchObject({ code: '23503' });
    await expect(sql('delete from payment_attempt where id = $1', [id])).rejects.toMatchObject(RESTRICTED);
  });
});

describe('the test provider’s record', () => {
  it.each<[string, Values]>([
    ['test_provider_charge_status_check', { status: 'lost' }],
    ['test_provider_charge_fee_check', { fee: -1 }],
    ['test_provider_charge_refunded_check', { refunded: 1001 }],
    ['test_provider_charge_refunded_check', { refunded: -1 }],
    ['test_provider_charge_refundable_check', { status: 'voided', refunded: 1 }],
  ])('breaks %s with %j', async (constraint, values) => {
    await expect(providersCharge(values)).rejects.toMatchObject({ code: '23514', constraint });
  });

  it('has no refund without a charge, and none of nothing', async () => {
    const back = (values: Values) =>
      insert('test_provider_refund', { key: newId(), amount: 1, created_at: NOW, ...values });
    await expect(back({ charge_key: newId() })).rejects.toMatchObject({ code: '23503' });
    const key = await providersCharge();
    await expect(back({ charge_key: key, amount: 0 })).rejects.toMatchObject({ code: '23514' });
    await back({ charge_key: key });
    await expect(sql('delete from test_provider_charge where key = $1', [key])).rejects.toMatchObject(RESTRICTED);
  });
});
