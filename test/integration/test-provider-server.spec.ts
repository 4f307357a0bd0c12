import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { startTestProviderServer, type TestProviderServer } from '../../src/payments/index.js';
import type { ChargeResult, ProviderRecord } from '../../src/payments/domain/payment-provider.js';
import { TestHttpProvider } from '../../src/payments/providers/test-http-provider.js';
import { newId, type PaymentId, type RefundId } from '../../src/platform/ids/index.js';
import { questionOf } from '../support/payments-shop.js';

const SECRET = 'a secret of sixteen';
const MONEY = { amount: 1000n, currency: 'GBP' };

interface Delivery {
  readonly headers: Record<string, string>;
  readonly body: string;
}

let folder: string;
let file: string;
let server: TestProviderServer | undefined;
let shop: Server;
let deliveries: Delivery[];
/** What the shop answers to the next deliveries; 200 when there is nothing more. */
let answers: number[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  file = join(folder, 'journal.jsonl');
  deliveries = [];
  answers = [];
  shop = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      deliveries.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() });
      response.writeHead(answers.shift() ?? 200).end('{}');
    });
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  shop.closeAllConnections();
  await new Promise((resolve) => shop.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<TestProviderServer> {
  const { port } = shop.address() as AddressInfo;
  const webhook = `http://127.0.0.1:${port}/v1/payments/test/webhooks`;
  server = await startTestProviderServer({ port: 0, host: '127.0.0.1', file, secret: SECRET, webhook });
  return server;
}

const providerAt = (url: string, secret = SECRET) => new TestHttpProvider(url, secret, () => new Date());

const charge = (url: string, key: PaymentId, token = 'tok_approved', limitMs = 5_000): Promise<ChargeResult> => {
  const signal = AbortSignal.timeout(limitMs);
  return providerAt(url).charge({ key, amount: MONEY, token, capture: true, description: 'B-1', signal });
};

async function recordsAt(url: string): Promise<ProviderRecord[]> {
  const records: ProviderRecord[] = [];
  for await (const record of providerAt(url).records(new Date(0), new Date(Date.now() + 60_000))) records.push(record);
  return records;
}

async function until(condition: () => boolean, withinMs = 10_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !condition(); await new Promise((resolve) => setTimeout(resolve, 10)))
    if (Date.now() > deadline) throw new Error('It did not come to that in time');
}

describe('the journal', () => {
  it('is all that the provider knows, also after a line that was cut short', async () => {
    const first = await start();
    const [paid, asked, closed] = [newId<PaymentId>(), newId<PaymentId>(), newId<PaymentId>()];
    await charge(first.url, paid);
    await charge(first.url, asked, 'tok_requires_action');
    await providerAt(first.url).void(questionOf(closed));
    const refund = newId<RefundId>();
    await providerAt(first.url).refund({
      key: refund,
      chargeKey: paid,
      chargeReference: '',
      amount: { ...MONEY, amount: 400n },
      signal: AbortSignal.timeout(5_000),
    });
    const before = await recordsAt(first.url);
    await first.close();
    const whole = readFileSync(file, 'utf8');
    appendFileSync(file, '{"entry":"move","key":"' + paid);

    const second = await start();
    expect(await recordsAt(second.url)).toEqual(before);
    expect(before.map(({ status, refunds }) => [status, refunds])).toEqual([
      ['captured', [{ key: refund, amount: 400n }]],
      ['requires_action', []],
      ['voided', []],
    ]);
    expect(readFileSync(file, 'utf8')).toBe(whole);
    expect(await charge(second.url, paid)).toMatchObject({ outcome: 'captured' });
    expect(await charge(second.url, closed)).toMatchObject({ outcome: 'error' });
    expect(readFileSync(file, 'utf8')).toBe(whole);
    expect(await providerAt(second.url).completeStep(asked, 'approved')).toBe('done');
  });

  it('with a line that is none is not begun upon', async () => {
    appendFileSync(file, 'not a line of ours\n');
    await expect(start()).rejects.toThrow();
  });
});

describe('trouble', () => {
  it('where nobody listens is an error, whatever was asked', async () => {
    const { url } = await start();
    await server?.close();
    server = undefined;
    const key = newId<PaymentId>();
    expect(await charge(url, key)).toMatchObject({ outcome: 'error', detail: expect.stringContaining('ECONNREFUSED') });
    expect(await providerAt(url).lookUp(questionOf(key))).toMatchObject({ outcome: 'error' });
    await expect(recordsAt(url)).rejects.toThrow();
  });

  it('that the server tells of is an error', async () => {
    const { url, control } = await start();
    control({ mode: 'refuse' });
    const key = newId<PaymentId>();
    expect(await charge(url, key)).toEqual({ outcome: 'error', detail: 'the test provider is out of order' });
    await expect(recordsAt(url)).rejects.toThrow('503');
    control({ mode: 'ok' });
    expect(await recordsAt(url)).toEqual([]);
    const stranger = providerAt(url, 'another secret, as long');
    expect(await stranger.lookUp(questionOf(key))).toMatchObject({ outcome: 'error' });
    await expect(stranger.records(new Date(0), new Date()).next()).rejects.toThrow('401');
  });

  it.each([
    ['dead', 'not_found'],
    ['mute', 'captured'],
  ] as const)('of the kind %s is unknown: afterwards the charge is %s', async (mode, found) => {
    const { url, control } = await start();
    control({ mode });
    const key = newId<PaymentId>();
    expect(await charge(url, key)).toMatchObject({ outcome: 'unknown' });
    control({ mode: 'ok' });
    expect(await providerAt(url).lookUp(questionOf(key))).toMatchObject({ outcome: found });
  });

  it.each([
    ['ok', 'not_found'],
    ['slow', 'captured'],
  ] as const)(
    'of an answer that is late in the mode %s is unknown: in the meantime the charge is %s',
    async (mode, found) => {
      const { url, control } = await start();
      control({ mode, delayMs: 1_500 });
      const key = newId<PaymentId>();
      expect(await charge(url, key, 'tok_approved', 300)).toMatchObject({ outcome: 'unknown' });
      control({ mode: 'ok', delayMs: 0 });
      expect(await providerAt(url).lookUp(questionOf(key))).toMatchObject({ outcome: found });
    },
  );
});

describe('news', () => {
  it('is signed as the official library expects it, and told in every change', async () => {
    const { url } = await start();
    const key = newId<PaymentId>();
    await charge(url, key, 'tok_requires_action');
    await providerAt(url).completeStep(key, 'approved');
    await until(() => deliveries.length === 2);
    const judge = new Webhook(Buffer.from(SECRET).toString('base64'));
    const told = deliveries.map(({ body, headers }) => judge.verify(body, headers) as { type: string; data: object });
    expect(told.map(({ type }) => type).sort()).toEqual(['charge.captured', 'charge.requires_action']);
    for (const { data } of told) expect(data).toEqual({ kind: 'charge', key });

    for (const { body, headers } of deliveries) {
      const read = (secret: string, text: string, now = new Date()) =>
        new TestHttpProvider(url, secret, () => now).readNews({ body: Buffer.from(text), headers });
      expect(read(SECRET, body)).toMatchObject({
        eventId: headers['webhook-id'],
        subject: { kind: 'payment', key },
      });
      expect(read(SECRET, `${body} `)).toBeNull();
      expect(read('another secret, as long', body)).toBeNull();
      expect(read(SECRET, body, new Date(Date.now() + 301_000))).toBeNull();
    }
  });

  it('is delivered again until the shop takes it, as the same', async () => {
    const { url } = await start();
    answers = [500, 400];
    await charge(url, newId<PaymentId>());
    await until(() => deliveries.length === 3);
    expect(new Set(deliveries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('comes twice, mixed up or not at all when a test wants it so', async () => {
    const { url, control } = await start();
    control({ webhookDuplicates: 1, webhookShuffleMs: 400 });
    const keys = Array.from({ length: 8 }, () => newId<PaymentId>());
    for (const key of keys) await charge(url, key);
    await until(() => deliveries.length === 16);
    const order = deliveries.map(({ body }) => (JSON.parse(body) as { data: { key: PaymentId } }).data.key);
    expect(keys.map((key) => order.filter((each) => each === key).length)).toEqual(keys.map(() => 2));
    expect(order.filter((key, i) => order.indexOf(key) === i)).not.toEqual(keys);
    control({ webhooks: false, webhookShuffleMs: 0 });
    await charge(url, newId<PaymentId>());
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(deliveries).toHaveLength(16);
  });
});

describe('the server', () => {
  const post = (path: string, body: unknown, secret: string | null = SECRET) =>
    fetch(`${server?.url}${path}`, {
      method: 'POST',
      headers: secret === null ? {} : { authorization: `Bearer ${secret}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('is told how to behave by whoever knows the secret', async () => {
    await start();
    expect((await post('/control', { mode: 'dead' }, null)).status).toBe(401);
    for (const body of [
      { mode: 'odd' },
      { delayMs: -1 },
      { delayMs: 1.5 },
      { extra: 1 },
      [],
      'x',
      { webhooks: 'yes' },
      { webhookUrl: 'shop' },
    ])
      expect((await post('/control', body)).status).toBe(422);
    expect((await post('/control', { mode: 'dead', webhookDuplicates: 2 })).status).toBe(200);
    expect(await (await post('/control', { mode: 'ok' })).json()).toEqual({
      mode: 'ok',
      delayMs: 0,
      webhooks: true,
      webhookUrl: expect.stringContaining('http://127.0.0.1:'),
      webhookDuplicates: 2,
      webhookShuffleMs: 0,
    });
  });

  it('refuses what makes no sense, and does nothing', async () => {
    const { url } = await start();
    const good = { key: newId(), amount: 1, currency: 'GBP', token: 'tok_approved', capture: true };
    for (const body of [
      'x',
      [],
      { ...good, amount: 1.5 },
      { ...good, amount: '1' },
      { ...good, currency: 'pounds' },
      { ...good, key: '../x' },
      { ...good, token: 1 },
      { ...good, capture: null },
      { ...good, token: 'x'.repeat(70_000) },
    ])
      expect((await post('/charges', body)).status).toBe(400);
    expect((await post('/refunds', { key: 'a', chargeKey: 'b', amount: -1, currency: 'GBP' })).status).toBe(400);
    expect((await post('/elsewhere', {})).status).toBe(404);
    expect((await post('/charges/a/b/c', {})).status).toBe(404);
    expect((await post('/charges', good, null)).status).toBe(401);
    expect(await recordsAt(url)).toEqual([]);
  });

  it('shows people what it charged, and where to take a step', async () => {
    const { url } = await start();
    const key = newId<PaymentId>();
    const asked = await charge(url, key, 'tok_requires_action');
    const step =
      asked.outcome === 'requires_action' && asked.nextAction.type === 'redirect' ? asked.nextAction.url : '';
    expect(step).toBe(`${url}/steps/${key}`);
    const page = await fetch(step);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('£10.00');
    expect((await fetch(`${url}/steps/${newId()}`)).status).toBe(404);
    expect((await post(`/steps/${key}/complete`, { outcome: 'maybe' }, null)).status).toBe(400);
    expect((await post(`/steps/${key}/complete`, { outcome: 'declined' }, null)).status).toBe(200);
    expect((await post(`/steps/${key}/complete`, { outcome: 'approved' }, null)).status).toBe(409);
    const list = await (await fetch(url)).text();
    expect(list).toContain(key);
    expect(list).toContain('declined');
  });
});
