import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '../matrix/callers.js';
import { operations, type Operation } from '../matrix/document.js';
import { callersOf, expectedOf, holderFor, type Expected } from '../matrix/expected.js';
import { settledChecksums } from '../matrix/fingerprint.js';
import type { Row } from '../matrix/row.js';
import { rows } from '../matrix/rows/index.js';
import { inParallel, send } from '../matrix/send.js';
import { World } from '../matrix/world.js';

/**
 * Every operation of openapi.json, asked by everybody who could be answered differently, against what the operation's
 * own declaration says. A new route needs a row in test/matrix/rows.
 */

interface Cell {
  readonly operation: Operation;
  readonly row: Row;
  readonly caller: Caller;
  readonly expected: Expected;
}

const GATE_CODES = new Set([
  'auth.required',
  'auth.token_invalid',
  'auth.permission_missing',
  'auth.session_required',
  'auth.access_undeclared',
]);

let world: World;
const answered = new Map<string, string>();
const changedByRefusals: string[] = [];
const keyOf = (operation: Operation, caller: Caller) => `${operation.id} as ${caller.name}`;

function cellsOf(operation: Operation): Cell[] {
  const row = rows[operation.id];
  if (!row) return [];
  return callersOf(world, operation).map((caller) => ({
    operation,
    row,
    caller,
    expected: expectedOf(operation, row, caller),
  }));
}

beforeAll(async () => {
  world = await World.begin();
  const refused = operations.flatMap(cellsOf).filter(({ expected }) => expected !== 'past');
  const asked = new Map<string, ReturnType<Row['ask']>>();
  for (const { operation, row } of refused)
    if (!asked.has(operation.id)) asked.set(operation.id, await row.ask(world, world.caller('owner')));
  const before = await settledChecksums(world.shop);
  await inParallel(refused, 12, async ({ operation, caller }) => {
    // As whoever asks, also where the row brings a session to be ended.
    const request = { ...(await asked.get(operation.id)), bearer: undefined };
    const { status, json } = await send(world, operation, caller, request);
    answered.set(keyOf(operation, caller), `${status} ${json?.code ?? ''}`);
  });
  const after = await settledChecksums(world.shop);
  changedByRefusals.push(...Object.keys(after).filter((table) => after[table] !== before[table]));
}, 120_000);

afterAll(() => world.end(), 60_000);

describe('the table of requests', () => {
  it('has a row for each operation, and none besides', () => {
    const known = operations.map(({ id }) => id);
    expect({
      'operations without a row in test/matrix/rows': known.filter((id) => !rows[id]),
      'rows without an operation': Object.keys(rows).filter((id) => !known.includes(id)),
    }).toEqual({ 'operations without a row in test/matrix/rows': [], 'rows without an operation': [] });
  });
});

describe('everybody is answered as the operation declares', () => {
  it.each(operations.filter(({ id }) => rows[id]).map((operation) => [operation.id, operation] as const))(
    '%s',
    async (_, operation) => {
      const cells = cellsOf(operation);
      const wrong = cells.flatMap(({ caller, expected }) => {
        const got = answered.get(keyOf(operation, caller)) ?? '';
        return expected === 'past' || isRefusal(expected, got) ? [] : [`${caller.name}: ${expected} expected, ${got}`];
      });
      // One by one: an owner has one cart, and some operations answer only a few at once.
      for (const { row, caller } of cells.filter(({ expected }) => expected === 'past')) {
        const asked = await row.ask(world, holderFor(world, operation, caller));
        const { status, text, json } = await send(world, operation, caller, asked);
        const good = row.past ?? operation.successes;
        if (!good.includes(status) || GATE_CODES.has(json?.code ?? ''))
          wrong.push(`${caller.name}: ${good.join(' or ')} expected, ${status} ${text.slice(0, 300)}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it('and what is refused changes nothing', () => {
    expect(changedByRefusals).toEqual([]);
    expect(answered.size).toBeGreaterThan(900);
  });
});

/** A 401 and a 403 are the gate's own, a 404 says what is not there and no more. */
function isRefusal(expected: Expected, got: string): boolean {
  const [status = '', code = ''] = got.split(' ');
  if (status !== String(expected)) return false;
  return expected === 404 ? code.endsWith('.not_found') : GATE_CODES.has(code);
}
