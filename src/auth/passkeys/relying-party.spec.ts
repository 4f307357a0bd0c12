import { describe, expect, it } from '@jest/globals';
import { relyingPartyOf } from './relying-party.js';

const SHOP = {
  passkeyRpId: 'shop.example',
  shopName: 'Tea',
  storefrontUrl: 'https://www.shop.example/en',
  corsOrigins: ['https://admin.shop.example', 'https://shop.example', 'https://partner.example', 'http://shop.example'],
  production: true,
};

describe('relyingPartyOf', () => {
  it.each([
    ['https://www.shop.example', true],
    ['https://admin.shop.example', true],
    ['https://shop.example', true],
    ['https://partner.example', false],
    ['http://shop.example', false],
    ['https://other.shop.example', false],
    ['https://shop.example.evil.example', false],
    ['https://evilshop.example', false],
    ['https://shop.example:8443', false],
    ['http://localhost', false],
    ['null', false],
    ['', false],
  ])('from %s: %j', (origin, accepted) => {
    expect(relyingPartyOf(SHOP)?.accepts(origin)).toBe(accepted);
  });

  it('takes any port of this machine in development alone', () => {
    const here = { ...SHOP, passkeyRpId: undefined, storefrontUrl: undefined, corsOrigins: [] };
    expect(relyingPartyOf(here)).toBeUndefined();
    const party = relyingPartyOf({ ...here, production: false });
    expect(party?.id).toBe('localhost');
    expect(party?.accepts('http://localhost:5173')).toBe(true);
    expect(party?.accepts('http://localhost.evil.example')).toBe(false);
    expect(party?.accepts('http://127.0.0.1:5173')).toBe(false);
    expect(relyingPartyOf({ ...SHOP, production: false })?.accepts('http://localhost:5173')).toBe(false);
  });
});
