import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { SMTPServer } from 'smtp-server';
import { createServer, type AddressInfo } from 'node:net';
import { EndpointAddresses, AddressError } from '../../src/webhooks/delivery/endpoint-addresses.js';
import { WebhookClient } from '../../src/webhooks/delivery/webhook-client.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { startWebhooks, type WebhooksApp } from '../support/webhooks-app.js';
import { asAdmin, startTestApp, type TestApp } from '../support/test-app.js';
import type { ApiClient } from '../support/api-client.js';

let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await new WebhookReceiver().start();
});
afterEach(() => receiver.stop());

describe('an address of one’s own network', () => {
  let shop: TestApp;
  let admin: ApiClient;
  beforeAll(async () => {
    shop = await startTestApp();
    admin = await asAdmin(shop);
  });
  afterAll(() => shop.close());

  const create = async (url: string) =>
    (await admin.post<{ code: string; errors: { pointer: string }[] }>('/v1/webhooks', { url, eventTypes: ['*'] }))
      .json;

  it.each([
    'https://127.0.0.1/',
    'https://127.0.0.1:8443/hooks',
    'https://localhost/',
    'https://LOCALHOST/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://0x7f.1/',
    'https://127.1/',
    'https://0/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/',
    'https://[fd00::1]/',
    'https://①②⑦.⓪.⓪.①/',
  ])('is refused when a subscription names it: %s', async (url) => {
    expect(await create(url)).toMatchObject({
      status: 422,
      code: 'webhooks.url_not_allowed',
      errors: [{ pointer: '/url' }],
    });
  });

  it.each([
    ['http://93.184.216.34/', 'webhooks.url_not_https'],
    ['https://user:secret@93.184.216.34/', 'webhooks.url_credentials'],
    ['https://93.184.216.34:22/', 'webhooks.url_port'],
    ['nonsense', 'webhooks.url_invalid'],
    ['https://no-such-host.invalid/', 'webhooks.url_unknown_host'],
  ])('has its own word for %s', async (url, code) => {
    expect(await create(url)).toMatchObject({ status: 422, code });
  });

  it('is allowed where it is public, and refused by a change to a private one', async () => {
    const { json } = await admin.post<{ id: string }>(
      '/v1/webhooks',
      { url: 'https://93.184.216.34/hooks', eventTypes: ['orders.paid'] },
      { expect: 201 },
    );
    const changed = await admin.patch<{ code: string }>(`/v1/webhooks/${json.id}`, { url: 'https://10.1.2.3/' });
    expect([changed.status, changed.json.code]).toEqual([422, 'webhooks.url_not_allowed']);
  });
});

describe('a try', () => {
  let shop: WebhooksApp;
  beforeAll(async () => {
    shop = await startWebhooks({ WEBHOOKS_ALLOW_PRIVATE: 'false' });
  });
  afterAll(() => shop.close());

  it.each(['https://localhost', 'https://127.0.0.1', 'https://[::1]', 'http://127.0.0.1'])(
    'reaches nobody at %s, whatever the database says',
    async (origin) => {
      let connections = 0;
      const server = createServer(() => connections++);
      await new Promise<void>((listening) => server.listen(0, listening));
      const { port } = server.address() as AddressInfo;
      const { id } = await shop.subscribe(`${origin}:${port}/`);
      const payload = { orderId: newId(), number: 'BR-1', currency: 'GBP', total: 1 };
      const eventId = await shop.happen({ type: 'orders.payment_failed', subjectId: payload.orderId, payload });
      const row = await shop.delivery(eventId, ({ tries }) => typeof tries[0]?.error === 'string');
      expect(row.tries).toMatchObject([{ httpStatus: null, error: 'address_not_allowed' }]);
      expect([row.status, connections]).toEqual(['queued', 0]);
      await shop.db.prisma.webhookSubscription.delete({ where: { id } });
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  );
});

/** Answers names as it is told, each question once. */
class Names extends EndpointAddresses {
  asked = 0;
  constructor(
    env: Record<string, string>,
    private readonly answers: LookupAddress[][],
  ) {
    super(loadConfig({ NODE_ENV: 'test', DATA_DIR: 'var', ORDER_TOKEN_SECRET: 'x'.repeat(32), ...env }));
  }

  protected override async lookUp(): Promise<LookupAddress[]> {
    return this.answers[this.asked++] ?? [];
  }
}

describe('a name', () => {
  const local = [{ address: '127.0.0.1', family: 4 }];
  const open = [{ address: '93.184.216.34', family: 4 }];
  const privately = { WEBHOOKS_ALLOW_PRIVATE: 'true' };
  const post = async (names: EndpointAddresses, url: string, deadlineMs = 3_000) =>
    new WebhookClient(names).post({ url, headers: { 'x-test': 'yes' }, body: '{}' }, deadlineMs);

  it('is asked once for each try, and only what was checked is connected to', async () => {
    const names = new Names(privately, [local, open]);
    const outcome = await post(names, `http://rebinding.example:${receiver.port}/x`);
    expect(outcome).toMatchObject({ httpStatus: 204, error: null });
    expect(names.asked).toBe(1);
    const [{ headers }] = receiver.received as [(typeof receiver.received)[0]];
    expect(headers).toMatchObject({ host: `rebinding.example:${receiver.port}`, 'x-test': 'yes' });
  });

  it('that nobody answers for in time is unknown', async () => {
    const names = new Names(privately, []);
    Object.assign(names, { lookUp: () => new Promise(() => undefined) });
    const question = names.resolve(new URL('http://slow.example/'), AbortSignal.timeout(100));
    await expect(question).rejects.toMatchObject({ reason: 'unknown_host' });
  });

  it('is refused when only one of its addresses is private', async () => {
    const url = new URL('https://mixed.example/');
    const within = AbortSignal.timeout(5_000);
    await expect(new Names({}, [[...open, ...local]]).resolve(url, within)).rejects.toThrow(AddressError);
    await expect(new Names({}, [[...open, { address: '::1', family: 6 }]]).resolve(url, within)).rejects.toThrow(
      AddressError,
    );
    await expect(new Names({}, [open]).resolve(url, within)).resolves.toEqual(open);
  });

  it('that has no address is its own failure', async () => {
    expect(await post(new Names(privately, []), 'http://nobody.example/')).toMatchObject({
      httpStatus: null,
      error: 'address_unknown_host',
    });
  });

  it('keeps nobody waiting beyond the deadline', async () => {
    const names = new Names(privately, []);
    Object.assign(names, { lookUp: () => new Promise(() => undefined) });
    const outcome = await post(names, 'http://slow.example/', 200);
    expect(outcome).toMatchObject({ httpStatus: null, error: 'timeout' });
    expect(outcome.durationMs).toBeLessThan(1_000);
  });
});

describe('an endpoint', () => {
  const names = () => new Names({ WEBHOOKS_ALLOW_PRIVATE: 'true' }, []);
  const post = async (url: string) => new WebhookClient(names()).post({ url, headers: {}, body: '{}' }, 1_500);

  it('whose certificate nobody vouches for gets nothing', async () => {
    const server = new SMTPServer({ secure: true, logger: false });
    server.on('error', () => undefined);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.server.address() as AddressInfo;
    const { httpStatus, error } = await post(`https://127.0.0.1:${port}/`);
    expect(httpStatus).toBeNull();
    expect(error).toMatch(/CERT|SELF_SIGNED/);
    await new Promise<void>((closed) => server.close(() => closed()));
  });

  it('that never ends its answer has answered with its head', async () => {
    receiver.answer = (response) => void response.writeHead(200).write('and');
    const { httpStatus, error, durationMs } = await post(receiver.url());
    expect([httpStatus, error]).toEqual([200, null]);
    expect(durationMs).toBeLessThan(2_500);
  });

  it('that answers with very much is not read to the end', async () => {
    let sent = 0;
    receiver.answer = (response) => {
      response.writeHead(200);
      const more = () => {
        while (sent < 500_000_000 && !response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    };
    expect(await post(receiver.url())).toMatchObject({ httpStatus: 200 });
    expect(sent).toBeLessThan(50_000_000);
  });

  it('that speaks no HTTP, too large a head, or another protocol, has not answered', async () => {
    receiver.answer = (response) => void response.socket?.end('SSH-2.0-OpenSSH\r\n');
    expect((await post(receiver.url())).error).toMatch(/^HPE_/);
    receiver.answer = (response) => void response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end();
    expect((await post(receiver.url())).error).toBe('HPE_HEADER_OVERFLOW');
    receiver.answer = (response) =>
      void response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    expect((await post(receiver.url())).httpStatus).toBeNull();
  });

  it('that is not there says so', async () => {
    const url = receiver.url();
    await receiver.stop();
    expect(await post(url)).toMatchObject({ httpStatus: null, error: 'ECONNREFUSED' });
    receiver = await new WebhookReceiver().start();
  });
});
