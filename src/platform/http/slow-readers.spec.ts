import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { makeCertificate } from '../../../test/support/certificates.js';
import { cutSlowReaders } from './slow-readers.js';

const PATIENCE = { lookEveryMs: 300, looks: 4 };
/** More than the kernel's buffers of both ends take. */
const LARGE = Buffer.alloc(16 * 1024 * 1024, 'x');

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const certificate = makeCertificate();

async function serve(secure: boolean): Promise<{ server: Server; dial: () => Socket }> {
  const answer = (_request: unknown, response: { end: (body: Buffer) => void }): void => response.end(LARGE);
  const server = secure ? createHttpsServer(certificate, answer) : createServer(answer);
  cutSlowReaders(server, PATIENCE);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const dial = (): Socket =>
    secure ? connectTls({ port, host: '127.0.0.1', ca: certificate.cert }) : connect(port, '127.0.0.1');
  return { server, dial };
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each([
  ['HTTP', false],
  ['HTTPS', true],
])('a reader over %s', (_, secure) => {
  it('that takes nothing of its answer is cut, and one that asks nothing is not', async () => {
    const { server, dial } = await serve(secure);
    const stuck = dial();
    const idle = dial();
    for (const socket of [stuck, idle]) {
      socket.on('error', () => undefined);
      cleanups.push(() => socket.destroy());
    }
    stuck.pause();
    stuck.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await pause(100);
    expect(await connections(server)).toBe(2);
    for (const deadline = Date.now() + 5_000; (await connections(server)) > 1 && Date.now() < deadline;)
      await pause(20);
    await pause(300);
    expect(await connections(server)).toBe(1);
  });

  it('that reads gets all of it, over and over', async () => {
    const { dial } = await serve(secure);
    const socket = dial();
    cleanups.push(() => socket.destroy());
    let received = 0;
    socket.on('data', (chunk) => (received += chunk.length));
    for (let turn = 1; turn <= 3; turn += 1) {
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      for (const deadline = Date.now() + 5_000; received < turn * LARGE.length && Date.now() < deadline;)
        await pause(20);
      await pause(250);
      expect(received).toBeGreaterThan(turn * LARGE.length);
    }
  });
});
