import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatApiKey, hashSecret, isSecretOf, looksLikeApiKey, newPrefix, newSecret, parseApiKey } from './api-key.js';

const NOW = new Date('2026-01-05T12:00:00Z');

describe('an API key', () => {
  it('is read as it was written', () => {
    for (let time = 0; time < 200; time++) {
      const key = { prefix: newPrefix(), secret: newSecret() };
      const text = formatApiKey(key);
      expect(text).toMatch(/^bk_[a-z0-9]{12}_[\w-]{43}$/);
      expect(looksLikeApiKey(text)).toBe(true);
      expect(parseApiKey(text)).toEqual(key);
      expect(Buffer.from(key.secret, 'base64url')).toHaveLength(32);
    }
  });

  it('is nothing else, whatever comes', () => {
    const good = formatApiKey({ prefix: newPrefix(), secret: newSecret() });
    for (const bad of [
      '',
      'bk_',
      'bk__',
      good.slice(1),
      good.toUpperCase(),
      `${good}x`,
      good.slice(0, -1),
      `${good}\n`,
    ])
      expect(parseApiKey(bad)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseApiKey(text);
        expect(parsed === undefined || formatApiKey(parsed) === text).toBe(true);
      }),
    );
  });
});

describe('isSecretOf', () => {
  const secret = newSecret();
  const kept = { hash: hashSecret(secret), previousHash: null, previousUntil: null };

  it('takes the secret and no other', () => {
    expect(isSecretOf(secret, kept, NOW)).toBe(true);
    fc.assert(fc.property(fc.string(), (other) => other === secret || !isSecretOf(other, kept, NOW)));
  });

  it('takes the one before for its time alone', () => {
    const rotated = { hash: hashSecret(newSecret()), previousHash: hashSecret(secret), previousUntil: NOW };
    expect(isSecretOf(secret, rotated, new Date(NOW.getTime() - 1))).toBe(true);
    expect(isSecretOf(secret, rotated, NOW)).toBe(false);
    expect(isSecretOf(newSecret(), rotated, new Date(0))).toBe(false);
  });
});
