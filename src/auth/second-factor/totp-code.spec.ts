import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Secret, TOTP } from 'otpauth';
import { isTotpForm, newTotpSecret, totpStepOf, totpUri } from './totp-code.js';

/** The secret of RFC 6238, appendix B, which gives codes of eight digits: the last six of them are the code of six. */
const RFC_SECRET = Secret.fromLatin1('12345678901234567890').base32;
const at = (seconds: number) => new Date(seconds * 1000);

describe('totpStepOf', () => {
  it.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('takes the code of the standard at %i s', (seconds, code) => {
    expect(totpStepOf(code.slice(2), RFC_SECRET, at(seconds))).toBe(BigInt(Math.floor(seconds / 30)));
  });

  it('takes the code of the step before and after, and says which it is, and none further off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e9, max: 4e9 }), fc.integer({ min: -5, max: 5 }), (seconds, off) => {
        const secret = newTotpSecret();
        const code = TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: (seconds + off * 30) * 1000 });
        const step = totpStepOf(code, secret, at(seconds));
        const expected = BigInt(Math.floor(seconds / 30) + off);
        // Codes of other steps are the same once in a million.
        if (Math.abs(off) <= 1) expect(step).toBeDefined();
        else if (step !== undefined) expect(step).not.toBe(expected);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '-12345', '1e5', '123 45'])(
    'takes %j for no code',
    (code) => {
      expect(isTotpForm(code)).toBe(false);
      expect(totpStepOf(code, RFC_SECRET, at(59))).toBeUndefined();
    },
  );

  it('passes over the spaces that apps show', () => {
    expect(isTotpForm('287 082')).toBe(true);
    expect(totpStepOf(' 287 082 ', RFC_SECRET, at(59))).toBe(1n);
  });
});

describe('newTotpSecret', () => {
  it('is 160 bits, another each time', () => {
    expect(Secret.fromBase32(newTotpSecret()).bytes).toHaveLength(20);
    expect(new Set(Array.from({ length: 100 }, newTotpSecret)).size).toBe(100);
  });
});

describe('totpUri', () => {
  it('keeps names with signs of their own in one piece', () => {
    const uri = new URL(totpUri(RFC_SECRET, 'Whitby: Tea & Co', 'grace+a@example.com'));
    expect(uri.protocol).toBe('otpauth:');
    expect(uri.searchParams.get('secret')).toBe(RFC_SECRET);
    expect(uri.searchParams.get('issuer')).toBe('Whitby: Tea & Co');
    expect([...uri.searchParams.keys()].sort()).toEqual(['algorithm', 'digits', 'issuer', 'period', 'secret']);
  });
});
