/** Fills a running, empty shop through its API alone. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD, toCsv } from './catalog.mjs';

const MOST_MS = 30 * 60_000;
const POLL_MS = 100;

/**
 * @param {{ base: string, admin: { email: string, password: string }, catalog: import('./catalog.mjs').Catalog }} options
 * @returns {Promise<{ importSeconds: number }>}
 */
export async function fillShop({ base, admin, catalog }) {
  const { accessToken } = await call(base, 'POST', '/v1/auth/login', { json: admin });
  const headers = { authorization: `Bearer ${accessToken}` };
  const began = performance.now();
  const file = { body: toCsv(catalog), headers: { ...headers, 'content-type': 'text/csv' } };
  let found = await call(base, 'POST', '/v1/catalog/imports?format=shopify', file);
  while (found.status === 'queued' || found.status === 'running') {
    if (performance.now() - began > MOST_MS) throw new Error(`The import is still ${found.status}`);
    await sleep(POLL_MS);
    found = await call(base, 'GET', `/v1/catalog/imports/${found.id}`, { headers });
  }
  if (found.status !== 'completed' || found.products !== catalog.products.length || found.errorCount > 0)
    throw new Error(`The import went wrong: ${JSON.stringify(found).slice(0, 500)}`);
  const importSeconds = (performance.now() - began) / 1_000;
  for (const { email, name } of catalog.customers)
    await call(base, 'POST', '/v1/auth/register', { json: { email, name, password: PASSWORD } });
  return { importSeconds };
}

async function call(base, method, path, { json, body = JSON.stringify(json), headers } = {}) {
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(base + path, { method, body, headers: { ...type, ...headers } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
