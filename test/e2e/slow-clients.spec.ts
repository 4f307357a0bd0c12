import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RawSocket } from '../support/raw-socket.js';
import { eventually } from '../support/shop-fixture.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** More of each kind than the server takes requests at once. */
const MANY = 60;
const REQUEST_MS = 2_000;

let shop: TestApp;
const sockets: RawSocket[] = [];

beforeAll(async () => {
  shop = await startTestApp({
    MAX_IN_FLIGHT: '50',
    REQUEST_TIMEOUT_MS: String(REQUEST_MS),
    PAYMENT_TIMEOUT_MS: '1000',
  });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.end();
});
afterAll(() => shop.close());

const open = (reads = true, count = MANY) => {
  const all = Array.from({ length: count }, () => new RawSocket(shop.base, { reads }));
  sockets.push(...all);
  return all;
};
const connections = () =>
  new Promise<number>((resolve, reject) =>
    shop.app
      .getHttpServer()
      .getConnections((error: Error | null, count: number) => (error ? reject(error) : resolve(count))),
  );

/** Others get their answers all the while, and soon. */
async function expectOthersServed(forMs: number): Promise<void> {
  const end = Date.now() + forMs;
  while (Date.now() < end) {
    const begun = Date.now();
    expect((await shop.guest.get('/v1/products')).status).toBe(200);
    expect(Date.now() - begun).toBeLessThan(1_000);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const allClosed = (all: RawSocket[]) =>
  eventually(
    () => Promise.resolve(all.filter(({ closed }) => !closed).length),
    (open) => open === 0,
    10_000,
  );

describe('clients that are slow', () => {
  it('with their header fields keep nobody else waiting, and are cut off', async () => {
    const all = open();
    for (const socket of all) socket.send('GET /v1/products HTTP/1.1\r\nHost: x\r\n').drip('X-Slow: 1\r\n', 200);
    await expectOthersServed(1_500);
    await allClosed(all);
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([408]));
  });

  it('with saying anything at all are cut off', async () => {
    await allClosed(open());
  });

  it('with their bodies keep nobody else waiting, and are cut off', async () => {
    const all = open();
    const head = 'POST /v1/carts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n';
    for (const socket of all) socket.send(head).drip(' ', 200);
    await expectOthersServed(1_500);
    await allClosed(all);
  });

  it('with reading their answers keep nobody else waiting, and are cut off', async () => {
    const before = await connections();
    const all = open(false, 4);
    // More than the network's buffers take.
    for (const socket of all) socket.send('GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(10));
    await eventually(connections, (count) => count >= before + 4);
    await expectOthersServed(1_000);
    await eventually(connections, (count) => count <= before + 1, 15_000);
  });

  it('and ask on and on without reading get no more than a few answers', async () => {
    const socket = new RawSocket(shop.base);
    sockets.push(socket);
    socket.send('GET /v1/products HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
    const statuses = () => [...socket.received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((found) => Number(found[1]));
    const all = await eventually(
      () => Promise.resolve(statuses()),
      (found) => found.length === 100,
    );
    expect(all.filter((status) => status === 200).length).toBeLessThanOrEqual(32);
    expect(all.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect((await shop.guest.get('/v1/products')).status).toBe(200);
  });
});
