import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { makeCertificate } from '../../../test/support/certificates.js';
import { closeSilentConnections } from './silent-connections.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const certificate = makeCertificate();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function serve(secure: boolean): Promise<{ server: Server; dial: () => Promise<Socket> }> {
  // Answers nobody: who has asked stays under way.
  const server = secure ? createHttpsServer(certificate, () => undefined) : createServer(() => undefined);
  closeSilentConnections(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const dial = async (): Promise<Socket> => {
    const socket = secure ? connectTls({ port, host: '127.0.0.1', ca: certificate.cert }) : connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    cleanups.push(() => socket.destroy());
    await new Promise((done) => socket.once(secure ? 'secureConnect' : 'connect', done));
    return socket;
  };
  return { server, dial };
}

describe.each([
  ['HTTP', false],
  ['HTTPS', true],
])('closing idle connections over %s', (_, secure) => {
  it('closes what has said nothing, unless it is young, and nothing that has begun to ask', async () => {
    const { server, dial } = await serve(secure);
    const silent = await dial();
    const asking = await dial();
    const asked = await dial();
    asking.write('GET / HTTP/1.1\r\nHo');
    asked.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await pause(700);
    const young = await dial();
    await pause(50);
    server.closeIdleConnections();
    await pause(200);
    expect([silent, asking, asked, young].map(({ readableEnded, destroyed }) => readableEnded || destroyed)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
