import { longBefore, sinceMigration, type AuditCheck } from '../../platform/audit/index.js';
import { transitionAttempt, type AttemptEvent, type AttemptStatus } from '../domain/payment-state.js';

const STATUSES: readonly AttemptStatus[] = [
  'pending',
  'requires_action',
  'authorized',
  'captured',
  'declined',
  'failed',
  'voided',
];
const EVENTS: readonly AttemptEvent[] = ['action_required', 'authorized', 'captured', 'declined', 'failed', 'voided'];

/** The ways of an attempt as pairs in SQL, from the one table that decides them. */
const WAYS = STATUSES.flatMap((status) =>
  EVENTS.flatMap((event) => {
    const transition = transitionAttempt(status, event);
    return transition.ok ? [`('${status}', '${transition.next}')`] : [];
  }),
).join(', ');

/** History is kept since then; of an older attempt there is the state that it was in at that time. */
const HISTORY_SINCE = '20261122163700_guard_captures_parcels_returns_ledger';

const ATTEMPTS: readonly AuditCheck[] = [
  {
    name: 'payments.amounts_fit',
    claim: "an attempt's amounts fit one another and its status, and none is negative",
    sql: `select id, order_id, status, amount, authorized, captured, refunded, fee from payment_attempt
      where least(amount, authorized, captured, refunded, coalesce(fee, 0)) < 0
        or authorized > amount or captured > amount or refunded > captured or fee > captured
        or (status = 'captured' and captured <> amount)
        or (status = 'authorized' and authorized <> amount)
        or (status not in ('captured', 'voided') and captured <> 0)
        or (status in ('pending', 'requires_action', 'authorized')) <> (settled_at is null)`,
  },
  {
    name: 'payments.refunded_is_refunds',
    claim: 'what counts as refunded of an attempt = its refunds that succeeded or are under way',
    sql: `select p.id, p.order_id, p.refunded, coalesce(r.total, 0) as refunds
      from payment_attempt p
      left join (select payment_id, sum(amount) as total from refund where status <> 'failed' group by payment_id) r on r.payment_id = p.id
      where p.refunded <> coalesce(r.total, 0)`,
  },
  {
    name: 'payments.refunds_fit',
    claim: 'a refund has the order and the currency of its attempt, and gives back something',
    sql: `select r.id, r.order_id, r.payment_id, r.amount, r.currency from refund r join payment_attempt p on p.id = r.payment_id
      where r.order_id <> p.order_id or r.currency <> p.currency or r.amount <= 0`,
  },
  {
    name: 'payments.one_live',
    claim: 'an order has one attempt at most that is open or captured',
    sql: `select order_id, count(*) as live, array_agg(id) as attempts from payment_attempt
      where status in ('pending', 'requires_action', 'authorized', 'captured') group by order_id having count(*) > 1`,
  },
  {
    name: 'payments.history_ends_now',
    claim: "the last row of an attempt's history is the attempt as it stands",
    sql: `select p.id, p.status, p.authorized, p.captured, p.refunded, h.status as last_status, h.authorized as last_authorized,
        h.captured as last_captured, h.refunded as last_refunded
      from payment_attempt p
      left join (
        select distinct on (payment_id) payment_id, status, authorized, captured, refunded
        from payment_attempt_history order by payment_id, id desc
      ) h on h.payment_id = p.id
      where (p.status, p.authorized, p.captured, p.refunded) is distinct from (h.status, h.authorized, h.captured, h.refunded)`,
  },
  {
    name: 'payments.history_follows_table',
    claim: 'every attempt began as pending and went only ways that the table of states allows',
    sql: `select h.payment_id, h.id, h.before, h.status from (
        select payment_id, id, status::text as status, at,
          lag(status::text) over w as before, row_number() over w as place
        from payment_attempt_history window w as (partition by payment_id order by id)
      ) h
      join payment_attempt p on p.id = h.payment_id
      where (h.place = 1 and h.status <> 'pending' and ${sinceMigration('p.created_at', HISTORY_SINCE)})
        or (h.before <> h.status and (h.before, h.status) not in (${WAYS}))`,
  },
  {
    name: 'payments.asked_in_time',
    claim: 'what became of an open attempt or refund is asked within a quarter of an hour after its deadline',
    sql: `select 'payment' as kind, id, order_id, status::text as status, deadline_at from payment_attempt
        where status in ('pending', 'requires_action', 'authorized') and ${longBefore('deadline_at', 15)}
      union all
      select 'refund', id, order_id, status::text, deadline_at from refund where status = 'pending' and ${longBefore('deadline_at', 15)}`,
  },
];

/** What an entry moved on the account of its provider. */
const HELD = `(select e.source, e.kind, e.order_id, e.provider, e.currency, sum(p.amount) as amount
    from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account = 'provider:' || e.provider
    group by e.id)`;

const LEDGER: readonly AuditCheck[] = [
  {
    name: 'ledger.balances',
    claim: 'each entry of the books has two postings or more, which add up to nothing',
    sql: `select e.id, e.source, count(p.account) as postings, coalesce(sum(p.amount), 0) as total
      from ledger_entry e left join ledger_posting p on p.entry_id = e.id
      group by e.id having count(p.account) < 2 or coalesce(sum(p.amount), 0) <> 0 or coalesce(bool_or(p.amount = 0), false)`,
  },
  {
    name: 'ledger.captures_booked',
    claim: 'each captured attempt is in the books with what was captured',
    sql: `select a.id, a.order_id, a.captured, e.amount as booked
      from payment_attempt a left join ${HELD} e on e.source = 'capture:' || a.id
      where a.status = 'captured' and a.captured > 0
        and (e.kind, e.order_id, e.provider, e.currency, e.amount) is distinct from ('capture', a.order_id, a.provider, a.currency, a.captured::numeric)`,
  },
  {
    name: 'ledger.refunds_booked',
    claim: 'each refund that succeeded is in the books with its amount, also when it came back later',
    sql: `select r.id, r.order_id, r.amount, e.amount as booked
      from refund r join payment_attempt a on a.id = r.payment_id left join ${HELD} e on e.source = 'refund:' || r.id
      where (r.status = 'succeeded' or r.reversed_at is not null)
        and (e.kind, e.order_id, e.provider, e.currency, e.amount) is distinct from ('refund', r.order_id, a.provider, r.currency, -r.amount::numeric)`,
  },
  {
    name: 'ledger.reversals_booked',
    claim: 'each refund that came back is in the books a second time, the other way round',
    sql: `select r.id, r.order_id, r.amount, e.amount as booked
      from refund r join payment_attempt a on a.id = r.payment_id left join ${HELD} e on e.source = 'refund_reversal:' || r.id
      where r.reversed_at is not null
        and (e.kind, e.order_id, e.provider, e.currency, e.amount) is distinct from ('refund_reversal', r.order_id, a.provider, r.currency, r.amount::numeric)`,
  },
  {
    name: 'ledger.fees_booked',
    claim: 'each fee that a provider told of is in the books, and as the attempt has it',
    sql: `select a.id, a.order_id, a.fee, e.amount as booked
      from payment_attempt a left join ${HELD} e on e.source = 'fee:' || a.id
      where a.status = 'captured' and a.fee > 0
        and (e.kind, e.order_id, e.provider, e.currency, e.amount) is distinct from ('fee', a.order_id, a.provider, a.currency, -a.fee::numeric)`,
  },
  {
    name: 'ledger.entries_have_causes',
    claim: 'nothing is in the books but captures, fees and refunds that there were',
    sql: `select e.id, e.source, e.kind, e.order_id from ledger_entry e
      left join payment_attempt c on e.source = 'capture:' || c.id and c.status = 'captured' and c.captured > 0
      left join payment_attempt f on e.source = 'fee:' || f.id and f.status = 'captured' and f.fee > 0
      left join refund r on (e.source = 'refund:' || r.id and (r.status = 'succeeded' or r.reversed_at is not null))
        or (e.source = 'refund_reversal:' || r.id and r.reversed_at is not null)
      where c.id is null and f.id is null and r.id is null`,
  },
  {
    name: 'ledger.provider_accounts',
    claim: "what the books have with each provider = captures − refunds − fees, by the payments' own records",
    sql: `select provider, currency, coalesce(b.balance, 0) as booked, coalesce(a.balance, 0) as held
      from (
        select substr(p.account, 10) as provider, e.currency, sum(p.amount) as balance
        from ledger_posting p join ledger_entry e on e.id = p.entry_id where p.account like 'provider:%' group by 1, 2
      ) b
      full join (
        select provider, currency, sum(amount) as balance from (
          select provider, currency, captured - coalesce(fee, 0) as amount from payment_attempt where status = 'captured'
          union all
          select a.provider, r.currency, -r.amount from refund r join payment_attempt a on a.id = r.payment_id where r.status = 'succeeded'
        ) moved group by 1, 2
      ) a using (provider, currency)
      where coalesce(b.balance, 0) <> coalesce(a.balance, 0)`,
  },
  {
    name: 'ledger.parts_come_to_nothing',
    claim:
      'no order gives back more goods, shipping or tax than was paid for, and a full refund leaves nothing of each',
    sql: `select o.order_id, o.account, o.balance, t.captured, t.refunded
      from (
        select e.order_id, p.account, -sum(p.amount) as balance from ledger_posting p join ledger_entry e on e.id = p.entry_id
        where p.account in ('sales', 'shipping', 'tax', 'unapplied') group by e.order_id, p.account
      ) o
      join (
        select e.order_id, sum(p.amount) filter (where e.kind = 'capture') as captured, -sum(p.amount) filter (where e.kind in ('refund', 'refund_reversal')) as refunded
        from ledger_posting p join ledger_entry e on e.id = p.entry_id
        where p.account = 'provider:' || e.provider group by e.order_id
      ) t using (order_id)
      where o.balance < 0 or (t.captured = t.refunded and o.balance <> 0)`,
  },
];

/** What must be true of attempts, refunds and the books. */
export const PAYMENTS_AUDIT: readonly AuditCheck[] = [...ATTEMPTS, ...LEDGER];
