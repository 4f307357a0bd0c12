import { describe, expect, it } from '@jest/globals';
import { normalizePassword, requireGoodPassword } from './password-rules.js';

const faultOf = (password: string, email = 'grace@example.com') =>
  requireGoodPassword(password, { email, shopName: 'Kettle House' }).then(
    () => undefined,
    (error: { code: string; kind: string; errors: { pointer: string; code: string }[] }) => ({
      kind: error.kind,
      code: error.code,
      ...error.errors[0],
    }),
  );

describe('requireGoodPassword', () => {
  it.each(['correct horse battery staple', 'Tr0ub4dor&3xyz', 'ﾊﾟｽﾜｰﾄﾞは長いです。ほんとう', '0123456789abcdefX'])(
    'takes %s',
    async (password) => {
      expect(await faultOf(password)).toBeUndefined();
    },
  );

  it.each([
    'password123',
    'PassWord123',
    'QWERTYUIOP',
    '1234567890',
    '1qaz2wsx3edc',
    '１２３４５６７８９０',
    'Monkey2026!!',
    '!!dragon1987',
    'letmeinletmein',
  ])('refuses the common password %s', async (password) => {
    expect(await faultOf(password)).toMatchObject({
      kind: 'invalid',
      code: 'password_common',
      pointer: '/password',
    });
  });

  it('takes a common word that much stands around', async () => {
    expect(await faultOf('monkey-8402947502')).toBeUndefined();
    expect(await faultOf('monkeydragonshadow')).toBeUndefined();
  });

  it('refuses what is made of the names of this shop and its roles', async () => {
    expect(await faultOf('Backroom-Staff-1')).toMatchObject({ code: 'password_of_context' });
    expect(await faultOf('kettlehouse2026')).toMatchObject({ code: 'password_of_context' });
  });

  it('counts characters after they are composed', async () => {
    expect(await faultOf('e\u0301'.repeat(9))).toMatchObject({ code: 'password_too_short' });
    expect(await faultOf('e\u0301'.repeat(10))).toBeUndefined();
    expect(await faultOf('😀'.repeat(9))).toMatchObject({ code: 'password_too_short' });
  });

  it('refuses the e-mail address and what stands before the @', async () => {
    expect(await faultOf('Grace@Example.com')).toMatchObject({ code: 'password_is_email' });
    expect(await faultOf('grace.hopper', 'Grace.Hopper@example.com')).toMatchObject({ code: 'password_is_email' });
    expect(await faultOf('grace.hopper!', 'Grace.Hopper@example.com')).toBeUndefined();
  });
});

describe('normalizePassword', () => {
  it('makes one of the ways to write the same characters', () => {
    expect(normalizePassword('cafe\u0301')).toBe(normalizePassword('café'));
  });

  it('keeps spaces and capitals', () => {
    expect(normalizePassword('  Two  Words ')).toBe('  Two  Words ');
  });
});
