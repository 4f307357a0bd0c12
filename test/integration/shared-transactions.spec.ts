import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SharedTransactions } from '../../src/platform/batches/index.js';
import { createPool, Db, type Tx } from '../../src/platform/database/index.js';
import { AppError } from '../../src/platform/errors/index.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let db: Db;
/** What each run of the work was given. */
let runs: string[][];

beforeEach(async () => {
  database = await createTestDatabase();
  db = new Db(createPool(database.url, 8));
  runs = [];
});

afterEach(async () => {
  await db.onApplicationShutdown();
  await database.drop();
});

const LOCK = 'select name from role where name = any($1) order by name for update';
const INSERT = `insert into role (name, permissions, created_at) values ($1, '{}', now())`;

/** Locks or makes the roles that are named, and answers how many there were. `a:b` is the input `b` under the name `a`. */
const work = async (tx: Tx, inputs: readonly string[]): Promise<string[]> => {
  runs.push([...inputs]);
  const names = inputs.map((input) => input.split(':').at(-1) ?? '');
  const found = await tx.sql<{ name: string }>('try-lock', LOCK, [names]);
  for (const name of names) {
    if (name === 'away') await tx.sql('try-end', 'select pg_terminate_backend(pg_backend_pid())', []);
    if (name === 'stale') tx.write('try-require', 'select require_all(1, 2)', []);
    if (name === 'refused') throw new AppError('conflict', 'test.refused', 'No.');
    if (!found.some((row) => row.name === name)) tx.write('try-insert', INSERT, [name]);
  }
  return inputs.map(
    (input, at) => `${input} ${found.some((row) => row.name === names[at]) ? 'was there' : 'was made'}`,
  );
};
const shared = () => new SharedTransactions(db, work, (input: string) => [input.split(':')[0] ?? '']);
const names = async () => (await db.prisma.role.findMany({ select: { name: true } })).map(({ name }) => name);

describe('work that is asked for at the same moment', () => {
  it('is done in one transaction, and each gets its own answer', async () => {
    const together = shared();
    const answers = await Promise.all(['one', 'two', 'three'].map((input) => together.call(input)));
    expect(answers).toEqual(['one was made', 'two was made', 'three was made']);
    expect(runs).toEqual([['one', 'two', 'three']]);
    expect(await together.call('two')).toBe('two was there');
  });

  it('finds what became of what shares a name with it', async () => {
    const together = shared();
    const answers = await Promise.all(['one', 'same:two', 'same:two', 'three'].map((input) => together.call(input)));
    expect(answers).toEqual(['one was made', 'same:two was made', 'same:two was there', 'three was made']);
    expect(runs).toEqual([['one', 'same:two', 'three'], ['same:two']]);
  });

  it('is done one by one where one of them fails, which alone hears of it', async () => {
    const together = shared();
    const ended = await Promise.allSettled(['one', 'refused', 'three'].map((input) => together.call(input)));
    expect(ended).toMatchObject([
      { value: 'one was made' },
      { reason: { code: 'test.refused' } },
      { value: 'three was made' },
    ]);
    expect(await names()).toEqual(expect.arrayContaining(['one', 'three']));
    expect(await names()).not.toContain('refused');
  });

  it('is done one by one, in another way, where it went by what was no longer so', async () => {
    const alone: string[] = [];
    const together = new SharedTransactions(
      db,
      work,
      (input: string) => [input],
      (_tx, input) => {
        alone.push(input);
        return Promise.resolve(`${input} alone`);
      },
    );
    const answers = await Promise.all(['one', 'stale', 'three'].map((input) => together.call(input)));
    expect(answers).toEqual(['one alone', 'stale alone', 'three alone']);
    expect(runs).toEqual([['one', 'stale', 'three']]);
    expect(await names()).not.toContain('one');
    expect(await together.call('four')).toBe('four was made');
  });

  it('is not tried again when the database went away: it may have been done', async () => {
    const together = shared();
    const ended = await Promise.allSettled(['one', 'away', 'three'].map((input) => together.call(input)));
    expect(ended).toMatchObject(Array.from({ length: 3 }, () => ({ reason: { code: 'database.unavailable' } })));
    expect(runs).toEqual([['one', 'away', 'three']]);
    expect(await together.call('four')).toBe('four was made');
  });

  it('waits for nobody who waits for a lock that somebody holds for long', async () => {
    const together = shared();
    await together.call('held');
    let held: Promise<string> | undefined;
    await db.transaction(async (tx) => {
      await tx.sql('try-lock', LOCK, [['held']]);
      held = together.call('held');
      const others = ['one', 'two'].map((input) => together.call(input));
      expect(await Promise.all(others)).toEqual(['one was made', 'two was made']);
      // Those that come later are not held up either, also not by many who wait.
      const more = Array.from({ length: 2 }, () => together.call('held'));
      expect(await together.call('three')).toBe('three was made');
      void Promise.all(more);
    });
    expect(await held).toBe('held was there');
  });
});
