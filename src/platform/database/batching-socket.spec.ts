import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { BatchingSocket } from './batching-socket.js';

let server: Server;
beforeAll(async () => {
  server = createServer((peer) => peer.pipe(peer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

it('keeps what one turn writes, and sends it in one piece when the turn ends', async () => {
  const socket = new BatchingSocket();
  // As the driver does it: the socket is made first, and connected then.
  socket.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  await once(socket, 'connect');
  for (let turn = 1; turn <= 2; turn++) {
    socket.write('one ');
    expect([socket.writableCorked, socket.writableLength]).toEqual([1, 4]);
    socket.write('two');
    expect(socket.writableLength).toBe(7);
    await new Promise((done) => setImmediate(done));
    expect([socket.writableCorked, socket.writableLength]).toEqual([0, 0]);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('one two');
  }
  socket.destroy();
});
