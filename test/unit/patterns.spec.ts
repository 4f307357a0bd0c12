import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import ts from 'typescript';
import { sourceFiles } from '../support/source-files.js';

/**
 * Every pattern in the sources against texts that make a badly written one search for ever (CWE-1333): long runs of what it
 * looks for, broken off at the end. A pattern that searches for ever shows at this length, and one that looks at each sign from each other
 * one does not: it is over in a fraction of the limit, also on a busy machine.
 */

const LENGTH = 5_000;
const LIMIT_MS = 500;

interface Pattern {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

function patternsIn(file: string): Pattern[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Pattern[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ where: `${file}:${line + 1}`, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Signs that the pattern speaks of, its words, and one of each class that it may name. */
function pumpsOf({ source }: Pattern): string[] {
  const plain = source.replaceAll(/\\[pP]\{[^}]*\}|\\u\{?[0-9a-f]+\}?|\\./gi, '');
  const signs = new Set([...plain].filter((sign) => !/[()[\]{}|^$*+?]/.test(sign)));
  const classes = ['a', '0', ' ', '-', '_', '.', '/', '"', "'", '=', ',', ':', '<', '\t', '\n', '@'];
  const singles = [...new Set([...signs, ...classes])].slice(0, 30);
  const pairs = singles.slice(0, 9).flatMap((one) => singles.slice(0, 9).map((other) => one + other));
  return [...singles, ...pairs];
}

function prefixesOf({ source }: Pattern): string[] {
  const words = source.match(/[a-z0-9]{2,}/gi) ?? [];
  return ['', ...new Set(words.flatMap((word) => [word, `${word} `]))].slice(0, 4);
}

const ask = new Script('expression.test(text)');

/** The first text that keeps the pattern for longer than the limit. */
function slowest(pattern: Pattern): string | undefined {
  const expression = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
  const room = createContext({ expression, text: '' });
  for (const prefix of prefixesOf(pattern))
    for (const pump of pumpsOf(pattern)) {
      room['text'] = prefix + pump.repeat(LENGTH / pump.length) + '\u0001';
      try {
        ask.runInContext(room, { timeout: LIMIT_MS });
      } catch {
        return JSON.stringify(`${prefix}${pump}…`);
      }
    }
  return undefined;
}

/** Patterns whose texts are short before they are asked, each with the bound. */
const BOUNDED: Readonly<Record<string, string>> = {
  '^(?:"([^"<>]*)"|([^"<>]*?))\\s*<([^<>]*)>$': 'the sender of mails, which the configuration gives',
};

describe('patterns', () => {
  const patterns = sourceFiles('src').flatMap(patternsIn);

  it('are found in the sources', () => {
    expect(patterns.length).toBeGreaterThan(100);
  });

  it('come to an end in time, whatever they are given', () => {
    const slow = patterns
      .filter(({ source }) => BOUNDED[source] === undefined && /[*+]|\{\d+,/.test(source))
      .flatMap((pattern) => {
        const text = slowest(pattern);
        return text === undefined ? [] : [`${pattern.where} /${pattern.source}/${pattern.flags} by ${text}`];
      });
    expect(slow).toEqual([]);
  }, 120_000);

  it('are told apart from ones that do not', () => {
    for (const source of ['^(a+)+$', '^(a|a)*$', '^\\s*(.*)*x$', '^([\\w.]+)*@'])
      expect(slowest({ where: '', source, flags: '' })).toBeDefined();
  });
});
