import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { isSignedWebhook, signWebhook } from './standard-webhook.js';

const NOW = new Date('2026-01-05T10:00:00Z');

describe('a signed webhook', () => {
  it('is what the official library makes of the same key', () => {
    const secret = 'sixteen letters or more';
    const judge = new Webhook(Buffer.from(secret).toString('base64'));
    fc.assert(
      fc.property(fc.string(), fc.uuid(), (body, id) => {
        const headers = signWebhook(secret, { id, timestamp: NOW }, body);
        expect(headers['webhook-signature']).toBe(judge.sign(id, NOW, body));
        expect(isSignedWebhook(secret, headers, Buffer.from(body), NOW)).toBe(true);
        expect(isSignedWebhook(`${secret}!`, headers, Buffer.from(body), NOW)).toBe(false);
        expect(isSignedWebhook(secret, headers, Buffer.from(`${body}!`), NOW)).toBe(false);
        expect(isSignedWebhook(secret, { ...headers, 'webhook-id': `${id}!` }, Buffer.from(body), NOW)).toBe(false);
      }),
    );
  });

  it('may carry more than one signature, and is not believed long after or before its time', () => {
    const body = Buffer.from('{}');
    const headers = signWebhook('key', { id: 'evt_1', timestamp: NOW }, '{}');
    const two = { ...headers, 'webhook-signature': `v1,AAAA v1a,x ${headers['webhook-signature']}` };
    expect(isSignedWebhook('key', two, body, NOW)).toBe(true);
    for (const [ms, believed] of [
      [300_000, true],
      [-300_000, true],
      [300_001, false],
      [-300_001, false],
    ] as const)
      expect(isSignedWebhook('key', headers, body, new Date(NOW.getTime() + ms))).toBe(believed);
  });

  it.each([
    {},
    { 'webhook-id': ['a', 'b'] },
    { 'webhook-timestamp': 'now' },
    { 'webhook-timestamp': '1e9' },
    { 'webhook-signature': '' },
    { 'webhook-signature': 'v1,' },
    { 'webhook-signature': 'v2,AAAA' },
  ])('is none without what belongs to it: %j', (change) => {
    const whole = signWebhook('key', { id: 'evt_1', timestamp: NOW }, '{}');
    const headers = Object.keys(change).length > 0 ? { ...whole, ...change } : {};
    expect(isSignedWebhook('key', headers, Buffer.from('{}'), NOW)).toBe(false);
  });
});
