import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/server-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let server: TestDatabase;
let folder: string;

beforeEach(async () => {
  server = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'backroom-bench-test-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.drop();
});

/** The command as a person gives it, its databases made on the test server. */
function bench(...args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', BENCH_DATABASE_URL: server.url };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/bench.mjs', ...args], { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}

interface Found {
  readonly perSecond: number;
  readonly p99: number;
  readonly cpuMs: number;
  readonly errors: number;
  readonly open: { readonly p99: number };
}

interface Compared {
  readonly scenario: string;
  readonly results: Record<string, Found>;
  readonly ratios: Record<string, number>;
}

interface Run {
  readonly at: string;
  readonly options: object;
  readonly scenarios: Compared[];
  readonly withoutCache: Compared[];
  readonly signIns: { errors: number; besideP99: number };
}

const READS = ['list', 'search', 'detail'];
const ALL = [...READS, 'cart', 'checkout', 'login', 'mixed'];

it('measures each scenario of the shop and of the floor, with every answer right', async () => {
  const json = join(folder, 'runs.jsonl');
  const markdown = join(folder, 'figures.md');
  const size = ['--products', '60', '--connections', '2', '--seconds', '0.1', '--turns', '1'];
  const what = ['--scenarios', [...ALL, 'sign-ins'].join(',')];
  const { code, output } = await bench(...size, ...what, '--json', json, '--markdown', markdown);
  expect(output).toContain('Every answer was the right one');
  expect(code).toBe(0);

  const [line, ...more] = readFileSync(json, 'utf8').trimEnd().split('\n');
  expect(more).toEqual([]);
  const run = JSON.parse(line ?? '') as Run;
  expect(run.options).toEqual({ products: 60, connections: 2, seconds: 0.1, turns: 1 });
  expect(run.scenarios.map(({ scenario }) => scenario)).toEqual(ALL);
  expect(run.withoutCache.map(({ scenario }) => scenario)).toEqual([...READS, 'mixed']);
  for (const { results, ratios } of [...run.scenarios, ...run.withoutCache]) {
    for (const result of Object.values(results)) {
      expect(result).toMatchObject({ errors: 0 });
      expect(Math.min(result.perSecond, result.p99, result.open.p99)).toBeGreaterThan(0);
    }
    expect(Object.values(ratios)).toEqual([expect.any(Number)]);
  }
  expect(run.signIns).toMatchObject({ errors: 0 });
  expect(readFileSync(markdown, 'utf8')).toMatch(/^\| checkout +\|( +[\d.]+ +\|){2}/m);
}, 300_000);

it('tells wrong options apart from a run', async () => {
  const { code, output } = await bench('--scenarios', 'nonsense');
  expect(output).toContain('There is no scenario nonsense.');
  expect(code).toBe(2);
  expect((await bench('--seconds', '0')).code).toBe(2);
});
