import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-code.js';

describe('recovery codes', () => {
  it('are ten, in groups that can be read, each another', () => {
    const codes = Array.from({ length: 50 }, newRecoveryCodes).flat();
    expect(newRecoveryCodes()).toHaveLength(10);
    for (const code of codes) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){5}$/);
    expect(new Set(codes).size).toBe(500);
  });

  it('use every sign at every place, so that none of the 120 bits is lost', () => {
    const codes = Array.from({ length: 200 }, newRecoveryCodes).flat();
    for (const place of [0, 3, 5, 8, 10, 13, 15, 18, 20, 23, 25, 28])
      expect(new Set(codes.map((code) => code[place])).size).toBe(32);
  });

  it('are the same however they are typed, and nothing else is one', () => {
    const [code = ''] = newRecoveryCodes();
    const hash = hashRecoveryCode(code);
    expect(hash).toHaveLength(32);
    for (const typed of [code.toUpperCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')} `])
      expect(hashRecoveryCode(typed)).toEqual(hash);
    for (const wrong of ['', '123456', code.slice(1), `${code}a`, code.replace(/.$/, '1'), code.replace(/.$/, 'é')])
      expect(hashRecoveryCode(wrong)).toBeUndefined();
  });

  it('never throw on what is typed', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void hashRecoveryCode(text)));
  });
});
