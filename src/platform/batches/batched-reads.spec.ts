import { describe, expect, it, jest } from '@jest/globals';
import { BatchedReads } from './batched-reads.js';

interface Statement {
  readonly keys: readonly string[];
  readonly answer: () => void;
  readonly fail: (error: Error) => void;
}

/** Reads of which the test decides when they are answered: each key's value is its letter doubled, and of `nothing` there is none. */
function batched() {
  const statements: Statement[] = [];
  const reads = new BatchedReads<string>(
    (keys) =>
      new Promise((resolve, reject) => {
        const found = new Map(keys.filter((key) => key !== 'nothing').map((key) => [key, key + key]));
        statements.push({ keys, answer: () => resolve(found), fail: reject });
      }),
  );
  return { reads, statements };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('BatchedReads', () => {
  it('asks once for what is asked for in one turn, and each key once', async () => {
    const { reads, statements } = batched();
    const asked = Promise.all(['a', 'b', 'a', 'nothing'].map((key) => reads.get(key)));
    await turn();
    expect(statements.map(({ keys }) => keys)).toEqual([['a', 'b', 'nothing']]);
    statements[0]?.answer();
    expect(await asked).toEqual(['aa', 'bb', 'aa', undefined]);
  });

  it('answers no read by a statement that began before it was asked for', async () => {
    const { reads, statements } = batched();
    const first = reads.get('a');
    await turn();
    const second = reads.get('a');
    await turn();
    expect(statements).toHaveLength(2);
    statements[0]?.answer();
    statements[1]?.fail(new Error('gone'));
    expect(await first).toBe('aa');
    await expect(second).rejects.toThrow('gone');
  });

  it('has two statements under way at most, and puts what comes meanwhile into the next, up to a bound', async () => {
    const { reads, statements } = batched();
    const asked: Promise<string | undefined>[] = [];
    for (let n = 0; n < 2; n++) {
      asked.push(reads.get(`early ${n}`));
      await turn();
    }
    for (let n = 0; n < 70; n++) asked.push(reads.get(`late ${n}`));
    await turn();
    expect(statements).toHaveLength(2);
    for (let n = 0; n < 4; n++) {
      statements[n]?.answer();
      await turn();
      await turn();
    }
    expect(statements.map(({ keys }) => keys.length)).toEqual([1, 1, 50, 20]);
    expect(new Set(await Promise.all(asked)).size).toBe(72);
  });

  it('goes on after a failure, which only those hear of who were in it', async () => {
    const { reads, statements } = batched();
    const lost = reads.get('a');
    await turn();
    statements[0]?.fail(new Error('gone'));
    await expect(lost).rejects.toThrow('gone');
    const next = reads.get('a');
    await turn();
    statements[1]?.answer();
    expect(await next).toBe('aa');
  });

  it('asks for each apart when together they failed, so that only those hear of it who brought it on', async () => {
    const { reads, statements } = batched();
    const asked = ['a', 'bad', 'c'].map((key) => reads.get(key));
    const answers = Promise.allSettled(asked);
    await turn();
    statements[0]?.fail(new Error('cannot'));
    for (let n = 1; n <= 3; n++) {
      await turn();
      if (n === 2) statements[n]?.fail(new Error('cannot'));
      else statements[n]?.answer();
    }
    expect(await answers).toMatchObject([{ value: 'aa' }, { reason: { message: 'cannot' } }, { value: 'cc' }]);
    expect(statements.map(({ keys }) => keys)).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  });

  it('does not ask again when the database is away', async () => {
    const { reads, statements } = batched();
    const answers = Promise.allSettled(['a', 'b'].map((key) => reads.get(key)));
    await turn();
    statements[0]?.fail(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    expect(await answers).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(statements).toHaveLength(1);
  });

  it('sends away who has waited as long as for a connection, and nobody else', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const { reads, statements } = batched();
      const early = [reads.get('a')];
      await turn();
      early.push(reads.get('b'));
      await turn();
      const waiting = reads.get('c');
      const told = expect(waiting).rejects.toMatchObject({ code: 'database.busy' });
      jest.advanceTimersByTime(6_000);
      const later = reads.get('d');
      jest.advanceTimersByTime(4_001);
      await told;
      for (const statement of statements) statement.answer();
      expect(await Promise.all(early)).toEqual(['aa', 'bb']);
      await turn();
      statements[2]?.answer();
      expect([await later, statements.length]).toEqual(['dd', 3]);
      const again = reads.get('c');
      await turn();
      statements[3]?.answer();
      expect(await again).toBe('cc');
    } finally {
      jest.useRealTimers();
    }
  });
});
