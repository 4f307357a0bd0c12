import { describe, expect, it } from '@jest/globals';
import { findBadText } from './text-check.js';

describe('findBadText', () => {
  it('names where the text stands that cannot be stored', () => {
    expect(findBadText({ a: [{ b: 'x\u0000' }] })).toMatchObject({ pointer: '/a/0/b', code: 'text_invalid' });
    expect(findBadText({ 'a/b': '\ud800' })).toMatchObject({ pointer: '/a~1b' });
    expect(findBadText({ 'k\u0000': 1 })).toMatchObject({ code: 'text_invalid' });
    expect(findBadText('\udc00')).toMatchObject({ pointer: '' });
  });

  it('passes everything that can', () => {
    expect(findBadText({ a: 'Café 💥', b: [1, null, true, { c: '' }] })).toBeUndefined();
    expect(findBadText(undefined)).toBeUndefined();
  });

  it('stops at a depth that would exhaust the stack of others', () => {
    let nested: unknown = 'x';
    for (let level = 0; level < 100_000; level++) nested = [nested];
    expect(findBadText(nested)).toMatchObject({ code: 'too_deep' });
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf', 'prototype'])(
    'finds the inherited name %s',
    (name) => {
      const value: unknown = JSON.parse(`{"a":[{"${name}":{}}]}`);
      expect(findBadText(value)).toMatchObject({ pointer: `/a/0/${name}`, code: 'unknown_field' });
    },
  );

  it('leaves lists and the names of fields alone', () => {
    expect(findBadText({ list: ['constructor'], prototypes: 1 })).toBeUndefined();
  });
});
