import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PAGE = join(process.cwd(), 'docs', 'security', 'asvs.md');
const text = readFileSync(PAGE, 'utf8');

/** Requirements of levels 1 and 2 in each chapter of ASVS 5.0.0, and of level 1 in all. */
const CHAPTERS = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7];
const LEVEL_1 = 70;
/** Those of level 1 that the page says do not apply. */
const LEVEL_1_ELSEWHERE = 10;

const ROW = /^\| (V\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| (met|open) \| (.+) \|$/gm;
const rows = [...text.matchAll(ROW)].map(([, id = '', level = '', asked = '', state = '', evidence = '']) => ({
  id,
  level,
  asked,
  state,
  evidence,
}));
const [, without = ''] = text.split('## What does not apply');
const notApplicable = without.match(/V\d+\.\d+\.\d+(?=[, |].*\| [a-z])/g) ?? [];
const LINK = /\]\(([^)#]*)(?:#([^)]*))?\)/g;

describe('docs/security/asvs.md', () => {
  it('has each requirement of levels 1 and 2 once', () => {
    const ids = [...rows.map(({ id }) => id), ...notApplicable];
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const counts = CHAPTERS.map((_, at) => ids.filter((id) => id.startsWith(`V${at + 1}.`)).length);
    expect(counts).toEqual(CHAPTERS);
    expect(rows.filter(({ level }) => level === '1')).toHaveLength(LEVEL_1 - LEVEL_1_ELSEWHERE);
  });

  it('leaves no line of a table out of account', () => {
    expect(text.match(/^\| V/gm)).toHaveLength(rows.length + without.split(/^\| V/m).length - 1);
  });

  it('tells its own numbers', () => {
    const met = rows.filter(({ state }) => state === 'met').length;
    expect(text).toContain(`Of them ${rows.length} apply:`);
    expect(text).toContain(`${met} are met, ${rows.length - met} are open; ${notApplicable.length} do not apply.`);
  });

  it('lists what is open', () => {
    const [, listed = ''] = text.split('## What is open');
    const [list = ''] = listed.split('##');
    expect(list.match(/V\d+\.\d+\.\d+/g) ?? []).toEqual(
      rows.filter(({ state }) => state === 'open').map(({ id }) => id),
    );
  });

  it('says of each row how it is met and what shows it, or what is missing', () => {
    const bare = rows.filter(
      ({ state, evidence }) =>
        evidence.length < 20 || (state === 'met' && !/\]\(|^By (language|setting)/.test(evidence)),
    );
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  it('links to files, and places in them, that exist', () => {
    const broken = [...text.matchAll(LINK)].filter(([, path = '', anchor]) => !reaches(path, anchor));
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

function reaches(path: string, anchor: string | undefined): boolean {
  if (/^https:/.test(path)) return true;
  const file = join(dirname(PAGE), path);
  if (!existsSync(file)) return false;
  if (anchor === undefined) return true;
  const headings = readFileSync(file, 'utf8').match(/^#+ .*$/gm) ?? [];
  return headings.some((heading) => anchorOf(heading) === anchor);
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}
