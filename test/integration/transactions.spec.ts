import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asJson, createPool, Db, isLockTimeout, type RowsStatement } from '../../src/platform/database/index.js';
import { AppError } from '../../src/platform/errors/index.js';
import { createTestDatabase, onServer, type TestDatabase } from '../support/test-database.js';

const TRY = 'insert into role (name, permissions, created_at) values ($1, $2, now())';

const role = (name: string) => ({ data: { name, permissions: [], createdAt: new Date() } });

let database: TestDatabase;
let db: Db;

beforeEach(async () => {
  database = await createTestDatabase();
  db = new Db(createPool(database.url, 2));
});

afterEach(async () => {
  await db.onApplicationShutdown();
  await database.drop();
});

const names = async () => (await db.prisma.role.findMany({ select: { name: true } })).map(({ name }) => name);

describe('a transaction', () => {
  it('is one for hand-written statements and for Prisma, on one connection', async () => {
    await db.transaction(async (tx) => {
      tx.write('try-role', TRY, ['first', []]);
      expect(await tx.role.findUnique({ where: { name: 'first' } })).toMatchObject({ name: 'first' });
      await tx.role.create(role('second'));
      const rows = await tx.sql<{ name: string }>(
        'try-read',
        'select name from role where name = any($1) order by name',
        [['first', 'second']],
      );
      expect(rows).toEqual([{ name: 'first' }, { name: 'second' }]);
      // Nobody else sees it yet.
      expect(await names()).not.toContain('first');
    });
    expect(await names()).toEqual(expect.arrayContaining(['first', 'second']));
  });

  it('keeps nothing of work that throws, whoever wrote it', async () => {
    const refused = db.transaction(async (tx) => {
      tx.write('try-role', TRY, ['first', []]);
      await tx.role.create(role('second'));
      throw new AppError('conflict', 'test.refused', 'No.');
    });
    await expect(refused).rejects.toMatchObject({ code: 'test.refused' });
    expect(await names()).not.toEqual(expect.arrayContaining(['first']));
    expect(await names()).not.toEqual(expect.arrayContaining(['second']));
  });

  it('fails at its end for a write that failed, with what explains it, and keeps nothing', async () => {
    const twice = (explain?: () => Error) =>
      db.transaction(async (tx) => {
        tx.write('try-role', TRY, ['first', []]);
        tx.write('try-role', TRY, ['first', []], explain);
        tx.write('try-role', TRY, ['third', []]);
        await Promise.resolve();
      });
    await expect(twice()).rejects.toMatchObject({ code: '23505' });
    await expect(twice(() => new AppError('conflict', 'test.twice', 'Twice.'))).rejects.toMatchObject({
      code: 'test.twice',
    });
    expect(await names()).not.toContain('first');
    expect(await names()).not.toContain('third');
  });

  it('names the cause where a later statement was only refused', async () => {
    const failing = (later: 'sql' | 'prisma') =>
      db.transaction(async (tx) => {
        tx.write('try-role', TRY, [null, []]);
        if (later === 'sql') await tx.sql('try-one', 'select 1', []);
        else await tx.role.findMany();
      });
    await expect(failing('sql')).rejects.toMatchObject({ code: '23502' });
    await expect(failing('prisma')).rejects.toMatchObject({ code: '23502' });
  });

  it('names the cause where two were on their way and the one that was only refused is heard of first', async () => {
    const failing = db.transaction(async (tx) => {
      const cause = tx.sql('try-zero', 'select 1 / 0', []);
      const [, refused] = await Promise.allSettled([cause, tx.role.findMany()]);
      if (refused.status === 'rejected') throw refused.reason;
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
  });

  it('fails at its end for a statement that failed though its work went on, and keeps nothing', async () => {
    const going = db.transaction(async (tx) => {
      tx.write('try-role', TRY, ['kept', []]);
      await tx.sql('try-zero', 'select 1 / 0', []).catch(() => undefined);
      return 'as if all were well';
    });
    await expect(going).rejects.toMatchObject({ code: '22012' });
    expect(await names()).not.toContain('kept');
  });

  it('sends the rows of a statement together, before whatever comes after them, and no two with one key', async () => {
    const sent: number[] = [];
    const counted = (rows: readonly unknown[], values: unknown[]) => {
      sent.push(rows.length);
      return values;
    };
    const insert: RowsStatement<string> = {
      name: 'try-roles',
      text: `insert into role (name, permissions, created_at) select name, '{}', now() from unnest($1::text[]) as r (name)`,
      values: (rows) => counted(rows, [rows]),
    };
    const rename: RowsStatement<{ from: string; to: string }> = {
      name: 'try-rename',
      text: `update role r set name = c."to" from jsonb_to_recordset($1::jsonb) as c ("from" text, "to" text) where r.name = c."from"`,
      values: (rows) => counted(rows, asJson(rows)),
      key: () => 'one',
    };
    await db.transaction(async (tx) => {
      for (const name of ['ra', 'rb', 'rc']) tx.writeRow(insert, name);
      expect(await tx.role.count({ where: { name: { in: ['ra', 'rb', 'rc'] } } })).toBe(3);
      tx.writeRow(insert, 'rd');
      tx.writeRow(rename, { from: 'rd', to: 're' });
      tx.writeRow(rename, { from: 're', to: 'rf' });
      expect(await tx.sql('try-f', `select name from role where name in ('rd', 're', 'rf')`, [])).toEqual([
        { name: 'rf' },
      ]);
      tx.writeRow(insert, 'rg');
    });
    expect(sent).toEqual([3, 1, 1, 1, 1]);
    expect(await names()).toEqual(expect.arrayContaining(['ra', 'rb', 'rc', 'rf', 'rg']));
  });

  it('plans as usual again after rows, which are looked up by index', async () => {
    const settings: RowsStatement<string> = {
      name: 'try-settings',
      text: `insert into role (name, permissions, created_at)
        select concat_ws('-', name, current_setting('enable_hashjoin'), current_setting('enable_seqscan')), '{}', now() from unnest($1::text[]) as r (name)`,
      values: (rows) => [rows],
    };
    const show = `select current_setting('enable_hashjoin') || current_setting('enable_seqscan') as set`;
    await db.transaction(async (tx) => {
      tx.writeRow(settings, 'first');
      expect(await tx.sql('try-show', show, [])).toEqual([{ set: 'onon' }]);
      tx.writeRow(settings, 'second');
    });
    expect(await names()).toEqual(expect.arrayContaining(['first-off-off', 'second-off-off']));
  });

  it('leaves no statement to be compiled, however dear it is said to be', async () => {
    await db.transaction(async (tx) => {
      expect(await tx.sql('try-compiled', 'show jit', [])).toEqual([{ jit: 'off' }]);
    });
  });

  it('fails for a row that failed, with what explains it, and keeps no other', async () => {
    const insert: RowsStatement<string | null> = {
      name: 'try-roles',
      text: `insert into role (name, permissions, created_at) select name, '{}', now() from unnest($1::text[]) as r (name)`,
      values: (rows) => [rows],
    };
    const failing = db.transaction((tx) => {
      tx.writeRow(insert, 'kept', () => new AppError('conflict', 'test.null', 'None.'));
      tx.writeRow(insert, null);
    });
    await expect(failing).rejects.toMatchObject({ code: 'test.null' });
    expect(await names()).not.toContain('kept');
  });

  it('waits for a lock as long as it is told', async () => {
    await db.prisma.role.create(role('held'));
    const lock = `select 1 from role where name = 'held' for update`;
    await db.transaction(async (tx) => {
      await tx.sql('try-lock', lock, []);
      const waiting = db.transaction((other) => other.sql('try-lock', lock, []), { lockWaitMs: 50 });
      await expect(waiting.catch((error: unknown) => isLockTimeout(error))).resolves.toBe(true);
    });
    await db.transaction((tx) => tx.sql('try-lock', lock, []), { lockWaitMs: 50 });
  });

  it('is run again after a deadlock', async () => {
    await db.prisma.role.create(role('left'));
    await db.prisma.role.create(role('right'));
    let runs = 0;
    let both = 0;
    const lock = 'select name from role where name = $1 for update';
    const inOrder = (order: readonly [string, string]) =>
      db.transaction(async (tx) => {
        runs++;
        await tx.sql('try-lock', lock, [order[0]]);
        for (both++; both < 2;) await new Promise((done) => setTimeout(done, 5));
        await tx.sql('try-lock', lock, [order[1]]);
      });
    await Promise.all([inOrder(['left', 'right']), inOrder(['right', 'left'])]);
    expect(runs).toBeGreaterThan(2);
  });

  it('that takes too long is 503, is undone, and costs the pool no connection', async () => {
    const late = () =>
      db.transaction(
        async (tx) => {
          tx.write('try-role', TRY, ['late', []]);
          await tx.sql('try-sleep', 'select pg_sleep(5)', []);
        },
        { timeoutMs: 100 },
      );
    for (let times = 0; times < 3; times++) await expect(late()).rejects.toMatchObject({ code: 'database.busy' });
    expect(await names()).not.toContain('late');
  });

  it('is 503 when its connection is lost, and the next one works', async () => {
    const lost = db.transaction(async (tx) => {
      tx.write('try-role', TRY, ['lost', []]);
      const [row] = await tx.sql<{ pid: number }>('try-pid', 'select pg_backend_pid() as pid', []);
      await onServer(`select pg_terminate_backend(${row?.pid})`);
      await tx.role.findMany();
    });
    await expect(lost).rejects.toMatchObject({ code: 'database.unavailable' });
    await db.transaction(async (tx) => tx.write('try-role', TRY, ['kept', []]));
    expect(await names()).toContain('kept');
    expect(await names()).not.toContain('lost');
  });

  it('takes no statement after its end', async () => {
    let kept: Parameters<Parameters<Db['transaction']>[0]>[0] | undefined;
    await db.transaction(async (tx) => {
      kept = tx;
      await Promise.resolve();
    });
    expect(() => kept?.write('try-role', TRY, ['after', []])).toThrow('ended');
    await expect(kept?.sql('try-one', 'select 1', [])).rejects.toThrow('ended');
    await expect(kept?.role.findMany()).rejects.toThrow('ended');
  });
});
