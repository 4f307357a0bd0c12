import { afterEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import type { Config } from '../config/index.js';
import { measuredLoad } from '../load/index.js';
import { LoadShedding } from './load-shedding.js';

const MOST_DELAY_MS = 400;
const WORK_MS = 20;
const MANY = 120;

let server: FastifyInstance;
let shedding: LoadShedding;

afterEach(async () => {
  shedding.onApplicationShutdown();
  await server.close();
});

/** A server whose requests take the whole process for a moment each: a turn of them is far from late, many turns are. */
async function serve(): Promise<string> {
  const config = { shedding: { maxInFlight: 1_000, maxEventLoopDelayMs: MOST_DELAY_MS }, requestTimeoutMs: 10_000 };
  shedding = new LoadShedding(config as Config, measuredLoad());
  server = fastify();
  shedding.attach(server);
  server.get('/work', () => {
    const end = performance.now() + WORK_MS;
    while (performance.now() < end);
    return 'done';
  });
  server.get('/health/live', () => 'alive');
  return server.listen({ host: '127.0.0.1', port: 0 });
}

const statuses = (base: string, path: string, count: number) =>
  Promise.all(Array.from({ length: count }, async () => (await fetch(`${base}${path}`)).status));

describe('LoadShedding', () => {
  it('refuses some when requests wait too long for their turn, and answers all when they do not', async () => {
    const base = await serve();
    // Of connections a turn takes one only: they are there before.
    await statuses(base, '/health/live', MANY);
    expect(new Set(await statuses(base, '/work', 8))).toEqual(new Set([200]));
    const many = await statuses(base, '/work', MANY);
    expect(many.filter((status) => status === 503).length).toBeGreaterThan(20);
    expect(many).toContain(200);
  });
});
