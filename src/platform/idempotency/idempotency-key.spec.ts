import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../errors/index.js';
import { fingerprint } from './fingerprint.js';
import { isUnguessable, parseIdempotencyKey } from './idempotency-key.js';

describe('parseIdempotencyKey', () => {
  it('takes a quoted key and a bare one for the same', () => {
    expect(parseIdempotencyKey('"abc-1"')).toBe('abc-1');
    expect(parseIdempotencyKey('abc-1')).toBe('abc-1');
    expect(parseIdempotencyKey(' "a\\"b\\\\c" ')).toBe('a"b\\c');
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });

  it.each(['', '""', 'ü', 'a'.repeat(256), 'a\tb'])('refuses %j', (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(AppError);
  });
});

describe('isUnguessable', () => {
  it.each([
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', true],
    ['q3Zt0V3mQyWcU5p0c0Yv1A', true],
    ['q3Zt0V3mQyWcU5p0c0Yv1', false],
    ['00000000-0000-0000-0000-000000000000', false],
    ['1', false],
  ])('%s: %s', (key, expected) => {
    expect(isUnguessable(key)).toBe(expected);
  });
});

describe('fingerprint', () => {
  it('does not depend on the order of fields, and on everything else', () => {
    const a = fingerprint('POST /x', { a: 1, b: { c: [1, 2], d: null } });
    expect(fingerprint('POST /x', { b: { d: null, c: [1, 2] }, a: 1 })).toEqual(a);
    expect(fingerprint('POST /x', { a: 1, b: { c: [2, 1], d: null } })).not.toEqual(a);
    expect(fingerprint('POST /y', { a: 1, b: { c: [1, 2], d: null } })).not.toEqual(a);
  });

  it('tells different bodies apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b) && typeof a !== 'object');
        return !fingerprint('x', a).equals(fingerprint('x', b));
      }),
    );
  });
});
