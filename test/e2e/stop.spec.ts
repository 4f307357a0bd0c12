import { afterEach, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import type { ClientRequest } from 'node:http';
import { connect } from 'node:net';
import { ServerProcess, leftBehind, temporaryFolder } from '../support/server-process.js';
import type { ServerOptions } from '../support/server-process.js';

const cleanups: (() => void | Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startServer(via: ServerOptions['via']): Promise<{ server: ServerProcess; base: string }> {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const server = new ServerProcess({ dataDir: folder.dataDir, via });
  const { base } = await server.ready();
  return { server, base };
}

/** A request whose body comes in two parts: it is under way until the second is sent. */
function slowRequest(base: string): { begun: Promise<void>; finish(): Promise<number> } {
  const body = JSON.stringify({ email: 'nobody@example.com', password: 'a wrong password' });
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const call: ClientRequest = request(`${base}/v1/auth/login`, { method: 'POST', headers });
  const answered = new Promise<number>((resolve, reject) => {
    call.once('response', (response) => response.resume().once('end', () => resolve(response.statusCode ?? 0)));
    call.once('error', reject);
  });
  answered.catch(() => undefined);
  const begun = new Promise<void>((resolve) => call.write(body.slice(0, 10), () => setTimeout(resolve, 200)));
  return {
    begun,
    finish: () => {
      call.end(body.slice(10));
      return answered;
    },
  };
}

const ways = [
  { name: 'SIGTERM to the process', via: 'node', signal: 'SIGTERM', whom: 'process' },
  { name: 'SIGTERM to npm', via: 'npm', signal: 'SIGTERM', whom: 'process' },
  { name: 'SIGTERM to the group', via: 'npm', signal: 'SIGTERM', whom: 'group' },
  { name: 'Ctrl-C, SIGINT to the group', via: 'npm', signal: 'SIGINT', whom: 'group' },
] as const;

describe('the end of the server', () => {
  it.each(ways)(
    '$name: requests under way are finished, and no process is left',
    async ({ via, signal, whom }) => {
      const { server, base } = await startServer(via);
      const pending = slowRequest(base);
      await pending.begun;
      const before = server.output.length;
      server.kill(signal, whom);
      await new Promise((resolve) => setTimeout(resolve, 500));

      await expect(fetch(`${base}/health/live`)).rejects.toThrow();
      // The answer needs the database, which must not have been stopped before.
      expect(await pending.finish()).toBe(401);
      expect(await server.ended).toEqual({ code: 0, signal: null });
      expect(server.pgdata).not.toBe('');
      expect(await leftBehind(server.pgdata)).toEqual([]);
      expect(server.output.slice(before)).not.toMatch(/ERROR|WARN/);
    },
    60_000,
  );

  it('does not wait for connections on which nobody has asked anything', async () => {
    const { server, base } = await startServer('node');
    const { hostname, port } = new URL(base);
    const silent = connect(Number(port), hostname);
    silent.on('error', () => undefined).resume();
    cleanups.push(() => void silent.destroy());
    await new Promise((connected) => silent.once('connect', connected));
    const told = Date.now();
    server.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - told).toBeLessThan(8_000);
  }, 60_000);

  it('does not wait for requests after a second signal, and still stops the database', async () => {
    const { server, base } = await startServer('node');
    const pending = slowRequest(base);
    await pending.begun;
    server.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const again = Date.now();
    server.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - again).toBeLessThan(5_000);
    expect(await leftBehind(server.pgdata)).toEqual([]);
  }, 60_000);

  it('gives up a start that is under way', async () => {
    const folder = temporaryFolder();
    cleanups.push(folder.remove);
    const server = new ServerProcess({ dataDir: folder.dataDir });
    // Early enough that initdb is at work on most machines; wherever it hits, the end must be clean.
    await new Promise((resolve) => setTimeout(resolve, 900));
    server.kill('SIGTERM');
    await server.ended;
    expect(server.output).not.toMatch(/^\s+at /m);
    expect(await leftBehind(folder.path)).toEqual([]);
    const next = new ServerProcess({ dataDir: folder.dataDir });
    await next.ready();
    expect(await next.stop()).toEqual({ code: 0, signal: null });
  }, 60_000);
});
