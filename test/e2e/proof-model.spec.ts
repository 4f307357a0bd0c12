import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { KINDS } from '../proofs/model/kinds.js';
import { prove, type Size } from '../proofs/model/prove.js';
import { readScript, textOf } from '../proofs/model/report.js';
import { replay, type Proof } from '../proofs/model/run.js';
import { AUTOMATIC, MANUAL, type Shop } from '../proofs/model/settings.js';
import type { Host } from '../proofs/model/world.js';
import { breaches } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

/** PROOF_SCRIPT: a file with the steps of one run, to be taken alone. */
const script = process.env['PROOF_SCRIPT'] ? readScript(process.env['PROOF_SCRIPT']) : undefined;
const commands = Number(process.env['PROOF_COMMANDS'] ?? 70);
const seed = Number(process.env['PROOF_SEED'] ?? Date.now() % 2_147_483_647);

/** PROOF_RUNS is for both shops together: the larger part goes to the one that most shops are. */
function sizeOf(shop: Shop): Size {
  const runs = Number(process.env['PROOF_RUNS'] ?? 30);
  const part = shop === AUTOMATIC ? Math.ceil((runs * 2) / 3) : Math.max(Math.floor(runs / 3), 1);
  return { runs: part, commands, seed, shrinkMs: 60_000 };
}

/** For whoever runs the proof by hand; jest keeps what is logged to itself. */
function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function open(app: TestApp): Promise<Host & { close: () => Promise<void> }> {
  const database = new pg.Client({ connectionString: app.databaseUrl });
  await database.connect();
  return {
    base: app.base,
    guest: app.guest,
    staff: await asAdmin(app),
    customers: [await asCustomer(app), await asCustomer(app)],
    database,
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

describe.each([AUTOMATIC, MANUAL])('a shop whose payments are captured: $name', (shop) => {
  const wanted = script === undefined || script.shop === shop.name;
  let app: TestApp;
  let host: Awaited<ReturnType<typeof open>>;
  let proof: Proof;

  beforeAll(async () => {
    if (!wanted) return;
    app = await startTestApp({ ...shop.env });
    host = await open(app);
    proof = { shop, kinds: KINDS, audit: auditOf(app) };
  });

  afterAll(async () => {
    if (!wanted) return;
    await host.close();
    await app.close();
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
      if (size.runs >= 60 && size.commands >= 70) expect(missing).toEqual([]);
    },
    60_000 + 3 * size.shrinkMs + size.runs * size.commands * 200,
  );

  (wanted && script ? it : it.skip)('is what the model says of the given script', async () => {
    const { error, transcript } = await replay(host, proof, script?.steps ?? []);
    say(transcript.map((line, index) => `${index + 1}. ${line}`).join('\n'));
    if (error !== undefined) throw new Error(textOf(error));
  });
});
