import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameFor, personOf } from './oidc-person.js';

describe('personOf', () => {
  it('reads what a provider says', () => {
    const claims = { email: 'grace@example.com', email_verified: true, name: ' Grace\nHopper ' };
    expect(personOf('1', claims)).toEqual({
      subject: '1',
      email: 'grace@example.com',
      emailVerified: true,
      name: 'Grace Hopper',
    });
  });

  it.each(['true', 1, 'yes', undefined, null, {}])(
    'takes an address for verified by the word true alone, not by %j',
    (verified) => {
      expect(personOf('1', { email: 'a@example.com', email_verified: verified }).emailVerified).toBe(false);
    },
  );

  it.each([
    'a',
    'a b@example.com',
    `${'a'.repeat(250)}@example.com`,
    7,
    ['a@example.com'],
    'a@example.com\r\nBcc: b@example.com',
  ])('passes over the address %j', (email) => {
    expect(personOf('1', { email, email_verified: true }).email).toBeUndefined();
  });

  it('makes of whatever claims a person that an account can be made of', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('email', 'email_verified', 'name', 'x'), fc.anything()), (claims) => {
        const name = nameFor(personOf('1', claims));
        expect(name.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(200);
        expect(name).not.toMatch(/[\p{Cc}]/u);
      }),
    );
  });
});
