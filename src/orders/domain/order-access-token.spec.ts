import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { newId, type OrderId } from '../../platform/ids/index.js';
import { orderAccessToken, verifyOrderAccessToken } from './order-access-token.js';

const secret = 'a secret of at least thirty-two bytes';
const id = newId<OrderId>();

describe('orderAccessToken', () => {
  it('is the same each time and fits a header and an address', () => {
    const token = orderAccessToken(id, secret);
    expect(orderAccessToken(id, secret)).toBe(token);
    expect(token).toMatch(/^ot1_[A-Za-z0-9_-]{43}$/);
    expect(token).toBe(`ot1_${createHmac('sha256', secret).update(`ot1:order:${id}`).digest('base64url')}`);
  });

  it('opens its own order only', () => {
    const token = orderAccessToken(id, secret);
    expect(verifyOrderAccessToken(token, id, secret)).toBe(true);
    expect(verifyOrderAccessToken(token, id.toUpperCase() as OrderId, secret)).toBe(true);
    expect(verifyOrderAccessToken(token, newId<OrderId>(), secret)).toBe(false);
    expect(verifyOrderAccessToken(token, id, `${secret}!`)).toBe(false);
  });

  it('is refused when a single character differs', () => {
    const token = orderAccessToken(id, secret);
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'A' ? 'B' : 'A';
      expect(verifyOrderAccessToken(token.slice(0, i) + other + token.slice(i + 1), id, secret)).toBe(false);
    }
    for (const given of ['', token.slice(0, -1), `${token}A`, token.slice(4), 'é'.repeat(47)]) {
      expect(verifyOrderAccessToken(given, id, secret)).toBe(false);
    }
  });

  it('wants a secret worth the name', () => {
    expect(() => orderAccessToken(id, 'short')).toThrow(RangeError);
  });
});
