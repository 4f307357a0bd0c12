import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { auditCommand, runAudit } from '../../src/audit.js';
import type { ApiClient } from '../support/api-client.js';
import { makeAuditShop, type AuditShop } from '../support/audit-shop.js';
import { ROOT } from '../support/server-process.js';
import { withDatabase, type Money } from '../support/shop-fixture.js';
import { asCustomer } from '../support/test-app.js';

interface EntryJson {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly orderId: string;
  readonly postings: { account: string; debit: Money; credit: Money }[];
}

interface Page {
  readonly items: EntryJson[];
  readonly nextCursor: string | null;
}

interface Sums {
  readonly captured: Money;
  readonly refunded: Money;
  readonly fees: Money;
}

interface ReportJson {
  readonly orders: Sums[];
  readonly providers: { provider: string; ours: Sums; theirs: Sums | null }[];
  readonly accounts: { account: string; debit: Money; credit: Money }[];
  readonly differences: { kind: string; orderId: string | null; ours: string | null; theirs: string | null }[];
  readonly differenceCount: number;
  readonly open: { orderId: string; status: string; theirs: string | null }[];
}

let shop: AuditShop;
let admin: ApiClient;

beforeAll(async () => {
  shop = await makeAuditShop();
  admin = shop.admin;
}, 120_000);

afterAll(() => shop.close());

const entries = async (query: string): Promise<Page> =>
  (await admin.get<Page>(`/v1/ledger/entries?${query}`, { expect: 200 })).json;

const report = async (query = ''): Promise<ReportJson> =>
  (await admin.get<ReportJson>(`/v1/reports/reconciliation${query}`, { expect: 200 })).json;

const change = (sql: string) => withDatabase(shop, (client) => client.query(shop.fill(sql)));

describe('GET /v1/ledger/entries', () => {
  it('shows what an order brought and gave back, balanced, with nothing left after a full refund', async () => {
    const { items } = await entries(shop.fill('orderId=$cancelled'));
    expect(items.map(({ kind }) => kind).sort()).toEqual(['capture', 'fee', 'refund']);
    const left = new Map<string, number>();
    for (const { postings } of items) {
      const sum = (side: 'debit' | 'credit') => postings.reduce((total, posting) => total + posting[side].amount, 0);
      expect(sum('debit')).toBe(sum('credit'));
      expect(sum('debit')).toBeGreaterThan(0);
      for (const { account, debit, credit } of postings)
        left.set(account, (left.get(account) ?? 0) + debit.amount - credit.amount);
    }
    expect(Object.fromEntries(left)).toMatchObject({ sales: 0, shipping: 0, tax: 0 });
    expect(left.get('provider:test')).toBe(-(left.get('fees') ?? 0));
  });

  it('pages through all of them, newest first, each once', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await entries(`limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    const { items } = await entries('limit=100');
    expect(seen).toEqual(items.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(9);
    const future = await entries('from=2100-01-01T00:00:00Z');
    expect([future.items, (await entries('orderId=nonsense')).items]).toEqual([[], []]);
  });

  it('is for those who may see payments', async () => {
    const { client } = await asCustomer(shop.app);
    expect((await shop.app.guest.get('/v1/ledger/entries')).status).toBe(401);
    expect((await client.get('/v1/ledger/entries')).status).toBe(403);
    expect((await client.get('/v1/reports/reconciliation')).status).toBe(403);
    for (const query of ['from=2026-13-01T00:00:00Z', 'to=yesterday', 'cursor=x', 'limit=0'])
      expect((await admin.get(`/v1/ledger/entries?${query}`)).status).toBe(422);
  });
});

describe('GET /v1/reports/reconciliation', () => {
  it('finds orders, payments, provider and books in agreement to the penny', async () => {
    const { orders, providers, accounts, differences, differenceCount, open } = await report();
    expect({ differences, differenceCount }).toEqual({ differences: [], differenceCount: 0 });
    expect(open).toMatchObject([
      { orderId: shop.fill('$pending'), status: 'requires_action', theirs: 'requires_action' },
    ]);
    expect(providers).toHaveLength(1);
    const [provider] = providers;
    expect(provider?.theirs).toEqual(provider?.ours);
    expect(orders).toEqual([{ captured: provider?.ours.captured, refunded: provider?.ours.refunded }]);
    const held = accounts.find(({ account }) => account === 'provider:test');
    expect(held?.debit).toEqual(provider?.ours.captured);
    expect(held?.credit.amount).toBe((provider?.ours.refunded.amount ?? 0) + (provider?.ours.fees.amount ?? 0));
    expect(provider?.ours.fees.amount).toBeGreaterThan(0);
  });

  it('keeps to its time, which it refuses to stretch', async () => {
    const empty = await report('?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z');
    expect(empty).toMatchObject({ orders: [], providers: [], accounts: [], differences: [], open: [] });
    for (const query of [
      '?from=2020-01-01T00:00:00Z&to=2020-05-01T00:00:00Z',
      '?from=2020-01-02T00:00:00Z&to=2020-01-01T00:00:00Z',
      '?from=2020-02-30T00:00:00Z',
    ])
      expect((await admin.get(`/v1/reports/reconciliation${query}`)).status).toBe(422);
  });

  describe('after damage', () => {
    beforeEach(async () => {
      await change(
        `update test_provider_charge c set fee = p.fee, status = 'captured' from payment_attempt p where p.id::text = c.key and p.status = 'captured'`,
      );
    });

    it.each([
      [
        'fee',
        `update test_provider_charge set fee = fee + 1 where key = (select id::text from payment_attempt where order_id = '$paid')`,
        `update test_provider_charge set fee = fee - 1 where key = (select id::text from payment_attempt where order_id = '$paid')`,
      ],
      [
        'charge_unknown',
        `insert into test_provider_charge (key, status, amount, currency, token, created_at) values ('stray', 'captured', 500, 'GBP', 'tok_approved', now())`,
        `delete from test_provider_charge where key = 'stray'`,
      ],
      [
        'refund_unknown',
        `insert into test_provider_refund (key, charge_key, amount, created_at) select 'stray', id::text, 1, now() from payment_attempt where order_id = '$paid'`,
        `delete from test_provider_refund where key = 'stray'`,
      ],
      [
        'status',
        `update test_provider_charge set status = 'voided' where key = (select id::text from payment_attempt where order_id = '$paid')`,
        `select 1`,
      ],
      [
        'order_refunded',
        `update "order" set refunded_total = refunded_total + 1 where id = '$refunded'`,
        `update "order" set refunded_total = refunded_total - 1 where id = '$refunded'`,
      ],
    ])('lists %s, and the audit does as well', async (kind, damage, repair) => {
      await change(damage);
      try {
        const { differences, differenceCount } = await report();
        expect(differences.map((difference) => difference.kind)).toEqual([kind]);
        expect(differenceCount).toBe(1);
        const findings = await runAudit({ databaseUrl: shop.databaseUrl, providers: shop.config });
        const spoken = findings.filter(({ count }) => count > 0);
        expect(spoken.map(({ name }) => name)).toEqual([
          kind === 'order_refunded' ? 'orders.refunded_is_refunds' : 'payments.providers_agree',
        ]);
        if (kind !== 'order_refunded') expect(spoken[0]?.rows).toMatchObject([{ kind }]);
      } finally {
        await change(repair);
      }
    });
  });
});

describe('npm run audit', () => {
  it('asks the database and the providers, as a command of its own', async () => {
    expect(await command('--database', shop.databaseUrl)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/ok +payments\.providers_agree\n\d+ checks in [\d.]+ s: every check holds\n$/),
    });
  }, 120_000);

  it('ends with 0 on a sound shop, as JSON and without the providers too', async () => {
    const { code, output } = await audit('--database', shop.databaseUrl, '--no-provider', '--json');
    const found = JSON.parse(output) as { ok: boolean; checks: { name: string; count: number }[] };
    expect([code, found.ok]).toEqual([0, true]);
    expect(found.checks.map(({ name }) => name)).not.toContain('payments.providers_agree');
  });

  it('ends with 1 on a breach, and prints its rows', async () => {
    await change(
      `insert into idempotency_record (scope, key, fingerprint, created_at, expires_at) values ('user:1', 'lost', '', now() - interval '1 day', now())`,
    );
    const { code, output } = await audit('--database', shop.databaseUrl, '--no-provider');
    await change(`delete from idempotency_record where key = 'lost'`);
    expect(code).toBe(1);
    expect(output).toMatch(/BREACH {2}platform\.keys_have_work +1 row\n.*\n +\{"key":"lost"/);
    expect(output).toContain('1 check is breached');
  });

  it('ends with 2 where it cannot be run', async () => {
    expect(await audit('--wrong')).toMatchObject({ code: 2, output: expect.stringContaining('Use: npm run audit') });
    expect(await audit('--database', 'mysql://x')).toMatchObject({ code: 2 });
    const gone = new URL(shop.databaseUrl);
    gone.pathname = '/backroom_test_gone';
    expect(await audit('--database', gone.href, '--no-provider')).toMatchObject({
      code: 2,
      output: expect.stringContaining('The audit cannot be run'),
    });
    expect(await audit('--help')).toMatchObject({ code: 0 });
  });
});

/** What `npm run audit -- …` prints and ends with, without building the server first. */
async function audit(...args: string[]): Promise<{ code: number | null; output: string }> {
  let output = '';
  const write = (text: unknown) => {
    output += String(text);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation(write));
  try {
    return { code: await auditCommand(args), output };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** `npm run audit -- …`, but for npm. */
function command(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['scripts/cli.mjs', 'audit', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'test', DATA_DIR: shop.app.dataDir },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
