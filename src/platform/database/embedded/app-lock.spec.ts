import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderInUseError, acquireAppLock, livingHolderPid } from './app-lock.js';
import { lifeOf } from './process-identity.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backroom-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function leaveLock(holder: { pid: number; life: string; id: string }): void {
  writeFileSync(join(folder, 'backroom.lock'), JSON.stringify(holder));
}

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
}

describe('the lock of a data folder', () => {
  it('is refused while its holder lives, and names it', async () => {
    await acquireAppLock(folder);
    const second = acquireAppLock(folder);
    await expect(second).rejects.toThrow(FolderInUseError);
    await expect(second).rejects.toThrow(`process ${process.pid}`);
    expect(await livingHolderPid(folder)).toBe(process.pid);
  });

  it('is free again after its release, and nothing is left in the folder', async () => {
    await (await acquireAppLock(folder)).release();
    expect(await livingHolderPid(folder)).toBeUndefined();
    await (await acquireAppLock(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a dead holder', async () => {
    leaveLock({ pid: await deadPid(), life: 'gone', id: 'old' });
    await acquireAppLock(folder);
    expect(JSON.parse(readFileSync(join(folder, 'backroom.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(['backroom.lock']);
  });

  it('is taken over when another process has got the number of its holder', async () => {
    leaveLock({ pid: process.pid, life: 'an earlier life', id: 'old' });
    await expect(acquireAppLock(folder)).resolves.toBeDefined();
  });

  it('is taken over when a power cut left it empty', async () => {
    writeFileSync(join(folder, 'backroom.lock'), '');
    await expect(acquireAppLock(folder)).resolves.toBeDefined();
  });

  it('is taken over when a taker died half way', async () => {
    const pid = await deadPid();
    leaveLock({ pid, life: 'gone', id: 'old' });
    writeFileSync(join(folder, 'backroom.lock.old'), JSON.stringify({ pid, life: 'gone', id: 'older' }));
    await expect(acquireAppLock(folder)).resolves.toBeDefined();
  });

  it('goes to one of many that find the same dead holder', async () => {
    for (let round = 0; round < 20; round += 1) {
      leaveLock({ pid: await deadPid(), life: 'gone', id: `old-${round}` });
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => acquireAppLock(folder)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });

  it('is not released by one that has lost it', async () => {
    const first = await acquireAppLock(folder);
    leaveLock({ pid: process.pid, life: lifeOf(process.pid) ?? '', id: 'another' });
    await first.release();
    expect(await livingHolderPid(folder)).toBe(process.pid);
  });
});

describe('lifeOf', () => {
  it('is the same for the same process and is another for a later one', () => {
    expect(lifeOf(process.pid)).toBe(lifeOf(process.pid));
    expect(lifeOf(process.pid)).not.toBe(lifeOf(1));
  });

  it('knows no life of numbers that no process has, nor of those that mean groups', async () => {
    expect(lifeOf(await deadPid())).toBeUndefined();
    expect(lifeOf(0)).toBeUndefined();
    expect(lifeOf(-1)).toBeUndefined();
    expect(lifeOf(Number.NaN)).toBeUndefined();
  });
});
