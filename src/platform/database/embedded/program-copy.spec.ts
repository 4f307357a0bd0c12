import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureProgramCopy } from './program-copy.js';

let folder: string;
let from: string;
let to: string;
/** What was done: the announcement, and the finishing touch with what could be seen of the copy at that moment. */
let steps: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  from = join(folder, 'package/native');
  to = join(folder, 'home/postgresql-1');
  steps = [];
  write(join(from, 'bin/postgres'), 'a program');
  write(join(from, 'share/zone'), 'a zone');
  symlinkSync(join(from, 'share/zone'), join(from, 'share/link'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function ensure(): Promise<void> {
  return ensureProgramCopy({
    from,
    to,
    announce: () => steps.push('announced'),
    finish: async (draft) => {
      steps.push(existsSync(to) ? 'finished beside another' : 'finished');
      symlinkSync('zone', join(draft, 'share/link'));
      write(join(draft, 'ready'), 'yes');
    },
  });
}

function relink(target: string): void {
  rmSync(join(to, 'share/link'));
  symlinkSync(target, join(to, 'share/link'));
}

const names = () => readdirSync(join(folder, 'home'));
const old = new Date(Date.now() - 3_600_000);
/** No process has it. */
const NOBODY = 2 ** 22 + 1;

describe('a copy of the programs', () => {
  it('is made once, finished before it has its name, and open to every user', async () => {
    chmodSync(join(from, 'bin/postgres'), 0o700);
    await ensure();
    await ensure();
    expect(steps).toEqual(['announced', 'finished']);
    expect(readFileSync(join(to, 'bin/postgres'), 'utf8')).toBe('a program');
    expect(statSync(join(to, 'bin/postgres')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(to, 'share/link'))).toBe('zone');
    expect(readFileSync(join(to, 'ready'), 'utf8')).toBe('yes');
    expect(names()).toEqual(['postgresql-1']);
  });

  it.each([
    ['lacks a file', () => rmSync(join(to, 'share/zone'))],
    ['has a file that was cut off', () => writeFileSync(join(to, 'bin/postgres'), 'a pro')],
    ['lacks a link', () => rmSync(join(to, 'share/link'))],
    ['leads back to where it was copied from', () => relink(join(from, 'share/zone'))],
    ['leads to where nothing is any more', () => relink(join(folder, 'gone/zone'))],
    ['has nothing in it', () => rmSync(join(to, 'bin'), { recursive: true })],
  ])('that %s is made anew', async (_, damage) => {
    await ensure();
    damage();
    await ensure();
    expect(steps).toEqual(['announced', 'finished', 'announced', 'finished beside another']);
    expect(readFileSync(join(to, 'bin/postgres'), 'utf8')).toBe('a program');
    expect(readFileSync(join(to, 'share/zone'), 'utf8')).toBe('a zone');
    expect(readlinkSync(join(to, 'share/link'))).toBe('zone');
    expect(names()).toEqual(['postgresql-1']);
  });

  it('that was stopped in the middle is not taken for one, and is removed', async () => {
    const left = `${to}.${NOBODY}`;
    write(join(left, 'bin/postgres'), 'a pro');
    utimesSync(left, old, old);
    await ensure();
    expect(readFileSync(join(to, 'bin/postgres'), 'utf8')).toBe('a program');
    expect(names()).toEqual(['postgresql-1']);
  });

  it('that another start is making is left alone', async () => {
    const living = `${to}.${process.ppid}`;
    const elsewhere = `${to}.${NOBODY}`;
    for (const draft of [living, elsewhere]) write(join(draft, 'bin/postgres'), 'a pro');
    utimesSync(living, old, old);
    await ensure();
    expect(names().sort()).toEqual(['postgresql-1', `postgresql-1.${NOBODY}`, `postgresql-1.${process.ppid}`].sort());
  });

  it('is the one of the quicker of two starts', async () => {
    const finish = async () => {
      await cp(from, to, { recursive: true });
      relink('zone');
    };
    await ensureProgramCopy({ from, to, announce: () => undefined, finish });
    expect(readFileSync(join(to, 'bin/postgres'), 'utf8')).toBe('a program');
    expect(names()).toEqual(['postgresql-1']);
  });
});
