import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { firstPurchase } from './first-purchase.js';

const VARIANT = '0198c5f0-7b7e-7000-8000-000000000000';

/** What a shell makes of a line when `curl` only shows what it was given, a line an argument. */
function argumentsOf(lines: readonly string[], cart: string): string[] {
  const script = [`CART=${cart}`, 'curl() { printf "%s\\n" "$@"; }', ...lines].join('\n');
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n');
}

describe('firstPurchase', () => {
  it('is three lines of which each fits on one', () => {
    const lines = firstPurchase('http://127.0.0.1:3000', VARIANT);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).not.toContain('\n');
  });

  it('reads the id of the cart from the answer', () => {
    const [first = ''] = firstPurchase('http://127.0.0.1:3000', VARIANT);
    const answer = '{"id":"-Ab_9","items":[{"id":"other"}]}';
    const script = `curl() { printf '%s' '${answer}'; }\n${first}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('Cart: -Ab_9\n');
  });

  it('leaves addresses and JSON whole in a shell, an IPv6 address too', () => {
    const [, second = '', third = ''] = firstPurchase('http://[::1]:3000', VARIANT);
    expect(argumentsOf([second], 'k-9_Z')).toContain('http://[::1]:3000/v1/shipping-methods?cartId=k-9_Z');
    const given = argumentsOf([third], 'k-9_Z');
    expect(given).toContain('http://[::1]:3000/v1/orders');
    const body = JSON.parse(given.find((text) => text.startsWith('{')) ?? '') as object;
    expect(body).toMatchObject({ cartId: 'k-9_Z', payment: { provider: 'test', token: 'tok_approved' } });
  });
});
