/** What the shop still has to do behind its answers: events that wait for the relay, and jobs, mails among them. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from './database.mjs';

const POLL_MS = 50;
const LANES = ['graphile_worker', 'graphile_worker_recovery', 'graphile_worker_mail', 'graphile_worker_webhooks'];
const JOBS = LANES.map(
  (lane) => `(select count(*) from ${lane}._private_jobs where run_at <= now() and attempts < max_attempts)`,
);
const WAITING = `select ((select count(*) from outbox_event where dispatched_at is null) + ${JOBS.join(' + ')})::int as waiting`;

/** How much that is now. @param {string} databaseUrl the shop's @returns {Promise<number>} */
export function waiting(databaseUrl) {
  return withClient(databaseUrl, count);
}

/**
 * Waits until nothing is left to do, or for so long.
 * @param {string} databaseUrl the shop's
 * @param {number} mostMs
 * @returns {Promise<{ waiting: number, seconds: number, left: number }>} what waited at first, how long it took, and what was not done in time
 */
export function drain(databaseUrl, mostMs) {
  return withClient(databaseUrl, async (client) => {
    const began = performance.now();
    const first = await count(client);
    let left = first;
    while (left > 0 && performance.now() - began < mostMs) {
      await sleep(POLL_MS);
      left = await count(client);
    }
    return { waiting: first, seconds: (performance.now() - began) / 1_000, left };
  });
}

async function count(client) {
  return (await client.query(WAITING)).rows[0].waiting;
}
