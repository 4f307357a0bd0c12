import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startTestProviderServer } from '../../src/payments/index.js';
import { signWebhook } from '../../src/payments/providers/standard-webhook.js';
import { TestHttpProvider } from '../../src/payments/providers/test-http-provider.js';
import { KINDS } from '../proofs/model/kinds.js';
import { prove, type Size } from '../proofs/model/prove.js';
import { readScript, textOf } from '../proofs/model/report.js';
import { replay, type Proof } from '../proofs/model/run.js';
import { AUTOMATIC, MANUAL, REMOTE, type Shop } from '../proofs/model/settings.js';
import type { Host, ProviderSide } from '../proofs/model/world.js';
import { breaches } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

/** PROOF_SCRIPT: a file with the steps of one run, to be taken alone. */
const script = process.env['PROOF_SCRIPT'] ? readScript(process.env['PROOF_SCRIPT']) : undefined;
const commands = Number(process.env['PROOF_COMMANDS'] ?? 150);
const seed = Number(process.env['PROOF_SEED'] ?? Date.now() % 2_147_483_647);

const SHOPS = [AUTOMATIC, MANUAL, REMOTE];

/** PROOF_RUNS is for all shops together: the larger part goes to the one that most shops are. */
function sizeOf(shop: Shop): Size {
  const runs = Number(process.env['PROOF_RUNS'] ?? 30);
  const part = shop === AUTOMATIC ? Math.ceil(runs / 2) : Math.max(Math.floor(runs / 4), 1);
  // Not the same steps in each.
  return { runs: part, commands, seed: seed + SHOPS.indexOf(shop), shrinkMs: 60_000 };
}

/** For whoever runs the proof by hand; jest keeps what is logged to itself. */
function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

interface Provider {
  readonly env: Readonly<Record<string, string>>;
  readonly sideOf: (database: pg.Client) => ProviderSide;
  readonly close: () => Promise<void>;
}

/** The simulated provider in the shop's own process; what it holds stands in tables that are not the shop's. */
const INSIDE: Provider = {
  env: {},
  sideOf: (database) => ({
    sign: null,
    kept: async (since) => {
      const { rows } = await database.query<{ key: string; kept: number }>(
        `select key, (amount - refunded)::int as kept from test_provider_charge where status = 'captured' and created_at >= $1`,
        [since],
      );
      return new Map(rows.map(({ key, kept }) => [key, kept]));
    },
  }),
  close: () => Promise.resolve(),
};

/** The simulated provider as a server of its own, which says nothing by itself: the steps decide when its news comes. */
async function outside(): Promise<Provider> {
  const secret = 'a secret between shop and provider';
  const folder = mkdtempSync(join(tmpdir(), 'backroom-proof-'));
  const file = join(folder, 'journal.jsonl');
  const server = await startTestProviderServer({ port: 0, host: '127.0.0.1', file, secret, webhook: undefined });
  const client = new TestHttpProvider(server.url, secret, () => new Date());
  return {
    env: { TEST_PROVIDER_URL: server.url, TEST_PROVIDER_SECRET: secret },
    sideOf: () => ({
      sign: (id, body) => signWebhook(secret, { id, timestamp: new Date() }, body),
      kept: async (since) => {
        const kept = new Map<string, number>();
        for await (const { key, captured, refunds } of client.records(since, new Date(2 ** 42)))
          kept.set(key, Number(captured - refunds.reduce((sum, { amount }) => sum + amount, 0n)));
        return kept;
      },
    }),
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function open(app: TestApp, provider: Provider): Promise<Host & { close: () => Promise<void> }> {
  const database = new pg.Client({ connectionString: app.databaseUrl });
  await database.connect();
  return {
    base: app.base,
    guest: app.guest,
    staff: await asAdmin(app),
    customers: [await asCustomer(app), await asCustomer(app)],
    database,
    provider: provider.sideOf(database),
    close: () => database.end(),
  };
}

/** Tells of each breach once. */
function auditOf(app: TestApp): () => Promise<void> {
  const known = new Set<string>();
  return async () => {
    const found = (await breaches(app)).map((breach) => JSON.stringify(breach));
    const fresh = found.filter((breach) => !known.has(breach));
    fresh.forEach((breach) => known.add(breach));
    if (fresh.length > 0) throw new Error(`The audit finds what must not be:\n  ${fresh.join('\n  ')}`);
  };
}

describe.each(SHOPS)('the shop $name', (shop) => {
  const wanted = script === undefined || script.shop === shop.name;
  let app: TestApp;
  let provider: Provider;
  let host: Awaited<ReturnType<typeof open>>;
  let proof: Proof;

  beforeAll(async () => {
    if (!wanted) return;
    provider = shop === REMOTE ? await outside() : INSIDE;
    app = await startTestApp({ ...shop.env, ...provider.env });
    host = await open(app, provider);
    proof = { shop, kinds: KINDS, audit: auditOf(app) };
  });

  afterAll(async () => {
    if (!wanted) return;
    await host.close();
    await app.close();
    await provider.close();
  });

  const size = sizeOf(shop);
  (wanted && !script ? it : it.skip)(
    'is what the model says, whatever is done in it',
    async () => {
      const proven = await prove(host, proof, size);
      say(`${shop.name}, PROOF_SEED=${size.seed}: ${proven.runs} runs, steps taken: ${JSON.stringify(proven.steps)}`);
      expect(proven.runs).toBe(size.runs);
      // A proof that never came to a kind of step proves nothing of it.
      const missing = KINDS.filter(({ name }) => proven.steps[name] === undefined).map(({ name }) => name);
      if (size.runs >= 60 && size.commands >= 150 && shop === REMOTE) expect(missing).toEqual([]);
    },
    60_000 + 3 * size.shrinkMs + size.runs * size.commands * 200,
  );

  (wanted && script ? it : it.skip)('is what the model says of the given script', async () => {
    const { error, transcript } = await replay(host, proof, script?.steps ?? []);
    say(transcript.map((line, index) => `${index + 1}. ${line}`).join('\n'));
    if (error !== undefined) throw new Error(textOf(error));
  });
});
