import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { platform } from 'node:os';
import { PasswordThreads } from '../../src/auth/passwords/password-threads.js';

const PARAMETERS = { algorithm: 2, memoryCost: 1024, timeCost: 1, parallelism: 1 };
const SLOW = { ...PARAMETERS, memoryCost: 64 * 1024, timeCost: 20 };

let threads: PasswordThreads;
beforeEach(() => {
  threads = new PasswordThreads();
});
afterEach(() => threads.stop());

describe('the threads that hash passwords', () => {
  it('make hashes that only the password fits, several at once', async () => {
    const passwords = ['Vernal-Gusset-41', 'Sallow-Tinder-77', 'ünïcödé ✓'];
    const hashes = await Promise.all(passwords.map((password) => threads.hash(password, PARAMETERS)));
    expect(new Set(hashes).size).toBe(3);
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/);
    const matches = hashes.map((hash) => passwords.map((password) => threads.verify(hash, password)));
    expect(await Promise.all(matches.map((row) => Promise.all(row)))).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
  });

  it('say so where a hash is none, and go on', async () => {
    await expect(threads.verify('no hash', 'password')).rejects.toThrow(/decoding/i);
    expect(await threads.verify(await threads.hash('password', PARAMETERS), 'password')).toBe(true);
  });

  it('leave nobody waiting when they end, and others take their place', async () => {
    const cut = threads.hash('password', SLOW);
    const heard = expect(cut).rejects.toThrow(/has ended/);
    await threads.stop();
    await heard;
    expect(await threads.hash('password', PARAMETERS)).toMatch(/^\$argon2id/);
  });

  (platform() === 'linux' ? it : it.skip)('run below the priority of the thread that answers requests', async () => {
    await threads.hash('password', PARAMETERS);
    const niceOf = (thread: string): number => {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'latin1');
      // proc(5): the seventeenth field after the name in brackets.
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    };
    const main = niceOf(String(process.pid));
    const others = readdirSync('/proc/self/task').filter((thread) => thread !== String(process.pid));
    expect(others.map(niceOf)).toContain(Math.min(Math.max(main, 10), 19));
  });
});
