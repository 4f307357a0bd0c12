import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { AUDIT_CHECKS, runAudit } from '../../src/audit.js';
import { runChecksIn } from '../../src/platform/audit/index.js';
import { makeAuditShop, type AuditShop } from '../support/audit-shop.js';

let shop: AuditShop;
let client: pg.Client;

beforeAll(async () => {
  shop = await makeAuditShop();
  client = new pg.Client({ connectionString: shop.databaseUrl });
  await client.connect();
}, 120_000);

afterAll(async () => {
  await client.end();
  await shop.close();
});

/** The names of the checks that speak after the statements, none of which stays. */
async function spokenAfter(...statements: string[]): Promise<string[]> {
  await client.query('begin');
  try {
    // The database would refuse the damage otherwise, which is its own proof; here it is the audit's turn.
    await client.query(`do $$ declare c record; begin
      for c in select conrelid::regclass as relation, conname from pg_constraint where contype in ('c', 'f') and connamespace = 'public'::regnamespace loop
        execute format('alter table %s drop constraint %I', c.relation, c.conname);
      end loop;
      for c in select distinct tgrelid::regclass as relation from pg_trigger where not tgisinternal loop
        execute format('alter table %s disable trigger user', c.relation);
      end loop; end $$`);
    for (const statement of statements) {
      const { rowCount, command } = await client.query(statement);
      if (['INSERT', 'UPDATE', 'DELETE'].includes(command) && !rowCount)
        throw new Error(`It damaged nothing: ${statement}`);
    }
    const findings = await runChecksIn(client, AUDIT_CHECKS);
    return findings.filter(({ count }) => count > 0).map(({ name }) => name);
  } finally {
    await client.query('rollback');
  }
}

const SUBSCRIPTION = `'0198c5f0-7b7e-7000-8000-000000000060'`;
const LONG_AGO = `now() - interval '3 hours'`;

/**
 * A damage for each check, in SQL. `$paid` and the like stand for ids of the shop. Where one wrong row breaks two rules, both are named:
 * the check's own and what follows from it.
 */
const DAMAGES: readonly {
  readonly check: string;
  readonly also?: readonly string[];
  readonly sql: readonly string[];
}[] = [
  {
    check: 'inventory.stock_is_ledger',
    sql: [
      `update stock_level set on_hand = on_hand + 1 where variant_id = '$mug' and location_id = '$main'`,
      `update stock_item set on_hand = on_hand + 1 where variant_id = '$mug'`,
    ],
  },
  {
    check: 'inventory.ledger_goes_on',
    sql: [`update stock_movement set on_hand_after = on_hand_after + 1 where variant_id = '$mug' and kind = 'initial'`],
  },
  {
    check: 'inventory.ledger_kinds',
    sql: [`update stock_movement set order_id = '$paid' where kind = 'initial' and variant_id = '$mug'`],
  },
  {
    check: 'inventory.transfers_pair',
    sql: [
      `update stock_movement set transfer_id = gen_random_uuid()
        where id = (select max(id) from stock_movement where kind = 'transfer')`,
    ],
  },
  {
    check: 'inventory.item_is_levels',
    sql: [`update stock_item set on_hand = on_hand + 1 where variant_id = '$mug'`],
  },
  {
    check: 'inventory.reserved_is_held',
    sql: [
      `update stock_level set reserved = reserved + 1 where variant_id = '$mug' and location_id = '$main'`,
      `update stock_item set reserved = reserved + 1 where variant_id = '$mug'`,
    ],
  },
  {
    check: 'inventory.backordered_is_promised',
    sql: [`update stock_item set backordered = backordered + 1 where variant_id = '$mug'`],
  },
  {
    check: 'inventory.sales_are_reservations',
    sql: [
      `update stock_movement set order_id = '$refunded' where kind = 'sale' and order_id = '$paid' and variant_id = '$mug'`,
    ],
  },
  {
    check: 'inventory.returns_are_reservations',
    sql: [`update stock_movement set order_id = '$paid' where kind = 'return' and order_id = '$cancelled'`],
  },
  {
    check: 'inventory.returned_within_sold',
    sql: [`update stock_reservation set withdrawn = returned + 1 where order_id = '$paid'`],
  },
  {
    check: 'inventory.products_in_stock',
    sql: [`update product set in_stock = not in_stock where id = (select product_id from variant where id = '$mug')`],
  },
  {
    check: 'inventory.nothing_negative',
    also: ['inventory.products_in_stock'],
    sql: [
      `update stock_item set on_hand = -1 where variant_id = '$lone'`,
      `update stock_level set on_hand = -1 where variant_id = '$lone'`,
      `update stock_movement set delta = -1, on_hand_after = -1, kind = 'adjustment' where variant_id = '$lone'`,
    ],
  },
  {
    check: 'orders.totals_add_up',
    sql: [`update "order" set shipping_total = shipping_total + 1 where id = '$pending'`],
  },
  {
    check: 'orders.captured_is_payments',
    sql: [`update "order" set captured_total = captured_total - 1 where id = '$paid'`],
  },
  {
    check: 'orders.refunded_is_refunds',
    sql: [`update "order" set refunded_total = refunded_total - 1 where id = '$refunded'`],
  },
  {
    check: 'orders.refund_is_lines',
    sql: [
      `update refund_line set amount = amount - 1 where refund_id in (select id from refund where order_id = '$refunded')`,
      `update order_line l set refunded_amount = refunded_amount - 1 where order_id = '$refunded' and refunded_amount > 0`,
    ],
  },
  {
    check: 'orders.line_refunds_are_refunds',
    sql: [`update order_line set refunded_amount = refunded_amount + 1 where order_id = '$paid'`],
  },
  {
    check: 'orders.capture_parts_booked',
    sql: [
      `update ledger_posting set amount = amount - 1 where account = 'sales' and entry_id = (select id from ledger_entry where kind = 'capture' and order_id = '$paid')`,
      `update ledger_posting set amount = amount + 1 where account = 'tax' and entry_id = (select id from ledger_entry where kind = 'capture' and order_id = '$paid')`,
    ],
  },
  {
    check: 'orders.units_sent_are_parcels',
    sql: [
      `update fulfilment_line set quantity = quantity + 1 where fulfilment_id in (select id from fulfilment where order_id = '$returned')`,
    ],
  },
  {
    check: 'orders.units_returned_are_returns',
    sql: [
      `update order_return_line set received = received - 1, restocked = 0 where return_id in (select id from order_return where order_id = '$returned')`,
    ],
  },
  {
    check: 'orders.units_given_up_are_refunds',
    sql: [`update order_line set cancelled_quantity = cancelled_quantity + 1 where order_id = '$paid'`],
  },
  {
    check: 'orders.units_within_line',
    sql: [`update order_line set restocked_quantity = quantity + 1 where order_id = '$paid'`],
  },
  {
    check: 'orders.fulfilment_status_follows',
    sql: [`update "order" set fulfilment_status = 'fulfilled' where id = '$paid'`],
  },
  {
    check: 'orders.returns_fit',
    sql: [
      `update order_return set refund_id = (select id from refund where order_id = '$refunded' limit 1) where order_id = '$returned'`,
    ],
  },
  {
    check: 'orders.payment_status_follows',
    sql: [`update "order" set payment_status = 'refunded' where id = '$paid'`],
  },
  {
    check: 'orders.status_is_attempt',
    also: ['payments.history_ends_now'],
    sql: [
      `update payment_attempt set status = 'declined', decline_code = 'card_declined', settled_at = now() where order_id = '$pending'`,
    ],
  },
  {
    check: 'orders.given_up_keep_no_money',
    also: ['payments.history_ends_now'],
    sql: [
      `update "order" set updated_at = ${LONG_AGO} where id = '$failed'`,
      `update payment_attempt set status = 'requires_action', settled_at = null, created_at = ${LONG_AGO},
        deadline_at = now() + interval '1 hour' where order_id = '$failed'`,
    ],
  },
  {
    check: 'orders.given_up_keep_no_stock',
    sql: [
      `update stock_reservation set status = 'held', settled_at = null where order_id = '$failed'`,
      `update stock_level l set reserved = reserved + r.quantity from stock_reservation r where r.order_id = '$failed' and r.variant_id = l.variant_id and r.location_id = l.location_id`,
      `update stock_item l set reserved = reserved + r.quantity from stock_reservation r where r.order_id = '$failed' and r.variant_id = l.variant_id`,
    ],
  },
  {
    check: 'orders.stock_held_until_paid',
    also: ['inventory.reserved_is_held'],
    sql: [`update stock_reservation set status = 'released' where order_id = '$pending'`],
  },
  {
    check: 'orders.stock_is_lines',
    sql: [`update stock_reservation set shipped = shipped + 1 where order_id = '$paid' and variant_id = '$mug'`],
  },
  { check: 'orders.cart_points_back', sql: [`update cart set order_id = '$refunded' where order_id = '$paid'`] },
  {
    check: 'orders.confirmed_once',
    also: ['notifications.confirmations_queued'],
    sql: [
      `update outbox_event set payload = payload || '{"confirmed": true}' where type = 'orders.paid' and subject_id = '$paid'`,
    ],
  },
  {
    check: 'orders.changes_have_events',
    also: ['platform.event_types_known'],
    sql: [
      `update outbox_event set type = 'orders.forgotten' where type = 'orders.cancelled' and subject_id = '$cancelled'`,
    ],
  },
  {
    check: 'orders.refunds_have_events',
    sql: [
      `update outbox_event set payload = payload - 'refundId' where type = 'orders.refunded' and subject_id = '$refunded'`,
    ],
  },
  {
    check: 'orders.events_have_changes',
    sql: [
      `insert into outbox_event (id, type, subject_id, payload, occurred_at, dispatched_at)
        values (gen_random_uuid(), 'orders.fulfilled', gen_random_uuid(), '{}', now(), now())`,
    ],
  },
  {
    check: 'orders.timeline_tells_all',
    sql: [`delete from order_timeline_entry where type = 'paid' and order_id = '$paid'`],
  },
  {
    check: 'orders.keys_answered',
    sql: [
      `update "order" set updated_at = ${LONG_AGO} where id = '$paid'`,
      `insert into idempotency_record (scope, key, fingerprint, resource_id, created_at, expires_at)
        values ('user:1', 'k', '', '$paid', ${LONG_AGO}, now())`,
    ],
  },
  {
    check: 'payments.amounts_fit',
    sql: [`update payment_attempt set fee = captured + 1 where order_id = '$failed'`],
  },
  {
    check: 'payments.refunded_is_refunds',
    also: ['payments.history_ends_now'],
    sql: [`update payment_attempt set refunded = refunded + 1 where order_id = '$paid'`],
  },
  {
    check: 'payments.refunds_fit',
    also: ['ledger.refunds_booked', 'ledger.provider_accounts'],
    sql: [`update refund set currency = 'EUR' where order_id = '$refunded'`],
  },
  {
    check: 'payments.one_live',
    also: ['orders.status_is_attempt', 'payments.history_ends_now'],
    sql: [
      `drop index payment_attempt_one_live_key`,
      `insert into payment_attempt (id, order_id, provider, status, amount, currency, deadline_at, created_at)
        select gen_random_uuid(), order_id, provider, 'pending', amount, currency, now() + interval '1 hour', created_at - interval '1 s'
        from payment_attempt where order_id = '$paid'`,
    ],
  },
  {
    check: 'payments.history_ends_now',
    sql: [
      `insert into payment_attempt_history (payment_id, status, authorized, captured, refunded, at)
        select id, status, authorized, captured, refunded + 1, now() from payment_attempt where order_id = '$paid'`,
    ],
  },
  {
    check: 'payments.history_follows_table',
    sql: [
      `update payment_attempt_history set status = 'declined' where id =
        (select min(h.id) from payment_attempt_history h join payment_attempt p on p.id = h.payment_id where p.order_id = '$paid')`,
    ],
  },
  {
    check: 'payments.asked_in_time',
    sql: [`update payment_attempt set deadline_at = ${LONG_AGO} where order_id = '$pending'`],
  },
  {
    check: 'ledger.balances',
    sql: [
      `update ledger_posting set amount = amount + 1 where account = 'fees' and entry_id = (select id from ledger_entry where kind = 'fee' and order_id = '$paid')`,
    ],
  },
  {
    check: 'ledger.captures_booked',
    sql: [`update ledger_entry set currency = 'EUR' where kind = 'capture' and order_id = '$paid'`],
    also: ['ledger.provider_accounts'],
  },
  {
    check: 'ledger.refunds_booked',
    also: ['ledger.balances', 'ledger.provider_accounts'],
    sql: [
      `update ledger_posting set amount = amount - 1 where account = 'provider:test' and entry_id in (select id from ledger_entry where kind = 'refund' and order_id = '$refunded')`,
    ],
  },
  {
    check: 'ledger.reversals_booked',
    also: [
      'ledger.provider_accounts',
      'orders.line_refunds_are_refunds',
      'orders.refunded_is_refunds',
      'orders.refunds_have_events',
      'orders.timeline_tells_all',
      'payments.refunded_is_refunds',
    ],
    sql: [
      `update refund set status = 'failed', failure = 'account_closed', reversed_at = now() where order_id = '$refunded'`,
    ],
  },
  {
    check: 'ledger.fees_booked',
    also: ['ledger.provider_accounts'],
    sql: [
      `delete from ledger_posting where entry_id = (select id from ledger_entry where kind = 'fee' and order_id = '$paid')`,
      `delete from ledger_entry where kind = 'fee' and order_id = '$paid'`,
    ],
  },
  {
    check: 'ledger.entries_have_causes',
    also: ['ledger.balances'],
    sql: [
      `insert into ledger_entry (id, source, kind, order_id, provider, currency, occurred_at)
        select gen_random_uuid(), 'goodwill', 'refund', order_id, provider, currency, now() from ledger_entry where kind = 'capture' and order_id = '$paid'`,
    ],
  },
  {
    check: 'ledger.provider_accounts',
    sql: [
      `insert into ledger_posting (entry_id, account, amount)
        select id, 'provider:other', 5 from ledger_entry where kind = 'fee' and order_id = '$paid'`,
      `update ledger_posting set amount = amount - 5 where account = 'fees' and entry_id = (select id from ledger_entry where kind = 'fee' and order_id = '$paid')`,
    ],
  },
  {
    check: 'ledger.parts_come_to_nothing',
    sql: [
      `update ledger_posting set amount = amount + 1 where account = 'sales' and entry_id = (select id from ledger_entry where kind = 'refund' and order_id = '$cancelled')`,
      `update ledger_posting set amount = amount - 1 where account = 'tax' and entry_id = (select id from ledger_entry where kind = 'refund' and order_id = '$cancelled')`,
    ],
  },
  {
    check: 'cart.one_active',
    sql: [
      `drop index cart_one_active_a_customer`,
      `insert into cart (id, customer_id, status, currency, created_at, updated_at, expires_at)
        select 'cart-' || n, (select id from "user" limit 1), 'active', 'GBP', now(), now(), now() + interval '1 day' from generate_series(1, 2) n`,
    ],
  },
  {
    check: 'cart.status_fits',
    sql: [
      `insert into cart (id, status, currency, order_id, created_at, updated_at, expires_at)
        values ('cart-1', 'active', 'GBP', '$paid', now(), now(), now() + interval '1 day')`,
    ],
  },
  {
    check: 'cart.lines_fit',
    sql: [`update cart_line set quantity = 0 where cart_id = (select id from cart where order_id = '$paid')`],
  },
  {
    check: 'notifications.confirmations_queued',
    sql: [
      `update outbox_event set dispatched_at = ${LONG_AGO} where type = 'orders.paid' and subject_id = '$paid'`,
      `delete from mail_delivery where kind = 'order_confirmation' and event_id = (select id from outbox_event where type = 'orders.paid' and subject_id = '$paid')`,
    ],
  },
  {
    check: 'notifications.mails_have_events',
    sql: [
      `update mail_delivery set event_id = gen_random_uuid() where event_id = (select id from outbox_event where type = 'orders.cancelled' and subject_id = '$cancelled')`,
    ],
  },
  {
    check: 'notifications.mails_settled',
    sql: [
      `update mail_delivery set status = 'failed', sent_at = null, last_error = null where kind = 'order_cancelled'`,
    ],
  },
  {
    check: 'webhooks.events_handed_out',
    sql: [
      subscription('orders.paid', LONG_AGO),
      `update outbox_event set dispatched_at = ${LONG_AGO} where type = 'orders.paid' and subject_id = '$paid'`,
    ],
  },
  {
    check: 'webhooks.deliveries_have_events',
    sql: [subscription('orders.paid', 'now()'), delivery('gen_random_uuid()', 'queued')],
  },
  {
    check: 'webhooks.deliveries_settled',
    sql: [
      subscription('orders.paid', 'now()'),
      delivery(`(select id from outbox_event where type = 'orders.paid' and subject_id = '$paid')`, 'delivered'),
    ],
  },
  {
    check: 'platform.events_handed_on',
    sql: [`update outbox_event set dispatched_at = null, occurred_at = ${LONG_AGO} where type = 'orders.cancelled'`],
  },
  {
    check: 'platform.keys_have_work',
    sql: [
      `insert into idempotency_record (scope, key, fingerprint, created_at, expires_at) values ('user:1', 'k', '', ${LONG_AGO}, now())`,
    ],
  },
  {
    check: 'platform.event_types_known',
    sql: [
      `insert into outbox_event (id, type, subject_id, payload, occurred_at, dispatched_at) values (gen_random_uuid(), 'moon.rises', '1', '{}', now(), now())`,
    ],
  },
  {
    check: 'platform.migrations_done',
    sql: [
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count) values ('x', 'x', '9_x', now(), 0)`,
    ],
  },
];

describe('the audit', () => {
  it('finds nothing in a shop that went through everything', async () => {
    const findings = await runAudit({ databaseUrl: shop.databaseUrl, providers: shop.config });
    expect(findings.filter(({ count }) => count > 0)).toEqual([]);
    expect(findings).toHaveLength(AUDIT_CHECKS.length + 1);
  });

  it('changes nothing, and cannot', async () => {
    const write = { name: 'test.write', claim: '', sql: `select * from outbox_event for update` };
    await expect(runChecksInReadOnly(write)).rejects.toThrow(/test\.write cannot be run: .*read-only/);
  });

  it('has a name of its own and a damage for every check', () => {
    expect(new Set(AUDIT_CHECKS.map(({ name }) => name)).size).toBe(AUDIT_CHECKS.length);
    expect(DAMAGES.map(({ check }) => check).sort()).toEqual(AUDIT_CHECKS.map(({ name }) => name).sort());
  });

  it.each(DAMAGES)('hears $check, and nothing else, speak of a damage', async ({ check, also = [], sql }) => {
    const spoken = await spokenAfter(...sql.map((text) => shop.fill(text)));
    expect(spoken.sort()).toEqual([check, ...also].sort());
  });

  it('is satisfied with the books that a migration makes of the time before there were any', async () => {
    const migration = readFileSync('prisma/migrations/20261122174001_book_what_was_taken_before/migration.sql', 'utf8');
    const gone = `entry_id in (select id from ledger_entry where kind <> 'fee')`;
    const books = `select e.source, p.account, p.amount from ledger_entry e join ledger_posting p on p.entry_id = e.id order by 1, 2`;
    const { rows: before } = await client.query<object>(books);
    await client.query('begin');
    try {
      await client.query(`alter table ledger_posting disable trigger user`);
      await client.query(`alter table ledger_entry disable trigger user`);
      await client.query(`delete from ledger_posting where ${gone}`);
      await client.query(`delete from ledger_entry where kind <> 'fee'`);
      await client.query(migration);
      expect((await client.query<object>(books)).rows).toEqual(before);
      const findings = await runChecksIn(client, AUDIT_CHECKS);
      expect(findings.filter(({ count }) => count > 0)).toEqual([]);
      await client.query(migration);
      expect((await client.query<object>(books)).rows).toEqual(before);
    } finally {
      await client.query('rollback');
    }
  });

  it('passes over what was under way when a copy was made, and shows it later', async () => {
    const damage = shop.fill(
      `update outbox_event set dispatched_at = null, occurred_at = '2031-01-01T00:00Z' where type = 'orders.cancelled'`,
    );
    const after = async (asOf: string) => {
      await client.query('begin');
      try {
        await client.query(damage);
        const findings = await runChecksIn(client, AUDIT_CHECKS, new Date(asOf));
        return findings.find(({ name }) => name === 'platform.events_handed_on')?.count;
      } finally {
        await client.query('rollback');
      }
    };
    expect(await after('2031-01-01T00:09Z')).toBe(0);
    expect(await after('2031-01-01T00:11Z')).toBeGreaterThan(0);
  });
});

async function runChecksInReadOnly(check: (typeof AUDIT_CHECKS)[number]): Promise<unknown> {
  const { runChecks } = await import('../../src/platform/audit/index.js');
  return runChecks([check], { databaseUrl: shop.databaseUrl });
}

/** A webhook subscription to one type of event, in SQL. */
function subscription(type: string, createdAt: string): string {
  return `insert into webhook_subscription (id, url, description, event_types, secret, created_at, updated_at)
    values (${SUBSCRIPTION}, 'https://hooks.example.com/', '', '{${type}}', 'whsec_', ${createdAt}, now())`;
}

/** What it is sent of an event, in SQL. */
function delivery(eventId: string, status: 'queued' | 'delivered'): string {
  return `insert into webhook_delivery (id, subscription_id, event_id, event_type, payload, status, attempts, created_at, settled_at)
    values (gen_random_uuid(), ${SUBSCRIPTION}, ${eventId}, 'orders.paid', '{}', '${status}', 1, now(), ${status === 'queued' ? 'null' : 'now()'})`;
}
