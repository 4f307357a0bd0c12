import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig, type Config } from '../../platform/config/index.js';
import type { PaymentProvider } from '../domain/payment-provider.js';
import { ProviderLine } from './provider-line.js';
import { ProviderRegistry } from './provider-registry.js';

const LIMIT_MS = 100;

let dataDir: string;
let config: Config;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  config = loadConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, PAYMENT_TIMEOUT_MS: String(LIMIT_MS) });
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const unused = () => Promise.reject(new Error('not asked'));
const adapter: PaymentProvider = {
  name: 'test',
  charge: unused,
  capture: unused,
  void: unused,
  refund: unused,
  lookUp: unused,
  lookUpRefund: unused,
  records: () => ({ [Symbol.asyncIterator]: () => ({ next: unused }) }),
  readNews: () => null,
};

function ask(question: (signal: AbortSignal) => Promise<{ outcome: string }>, provider = 'test') {
  const logged: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  const line = new ProviderLine(new ProviderRegistry([adapter], config), config, logger);
  const answer = line.ask({ provider, question: 'charge', id: 'p' }, (_, signal) => question(signal));
  return { answer, logged };
}

describe('ProviderLine', () => {
  it('hands an answer on', async () => {
    const { answer, logged } = ask(async () => ({ outcome: 'captured' }));
    expect(await answer).toEqual({ outcome: 'captured' });
    expect(logged).toEqual([]);
  });

  it('gives up on an adapter that overlooks the signal', async () => {
    let aborted = false;
    const { answer, logged } = ask((signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    expect(await answer).toEqual({ outcome: 'unknown', detail: 'no answer to charge in time' });
    expect(aborted).toBe(true);
    expect(logged.join()).toContain('"id":"p"');
  });

  it('takes what an adapter throws for `unknown`, at once or long after', async () => {
    expect(await ask(() => Promise.reject(new TypeError('fetch failed'))).answer).toEqual({
      outcome: 'unknown',
      detail: 'TypeError: fetch failed',
    });
    expect(
      await ask(() => {
        throw new RangeError('before the first promise');
      }).answer,
    ).toMatchObject({ outcome: 'unknown', detail: 'RangeError: before the first promise' });
    const late = ask(() => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), LIMIT_MS * 1.5)));
    expect(await late.answer).toMatchObject({ detail: 'no answer to charge in time' });
    // An unhandled rejection would end the process, and this test with it.
    await new Promise((done) => setTimeout(done, LIMIT_MS));
  });

  it('knows the adapters that are there', async () => {
    expect(await ask(async () => ({ outcome: 'captured' }), 'acme').answer).toMatchObject({ outcome: 'unknown' });
  });
});
