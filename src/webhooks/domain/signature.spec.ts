import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { newSecret, signatureHeaders, validSecrets } from './signature.js';

describe('signatureHeaders', () => {
  // The example that Svix and Standard Webhooks publish for implementers.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1_614_265_330_999), body: '{"test": 2432232314}' };

  it('gives the known answer', () => {
    expect(signatureHeaders(message, [secret])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is what the official library verifies, whatever the body, and with either of two secrets', () => {
    fc.assert(
      fc.property(fc.json(), fc.uuid(), (body, id) => {
        const [present, previous] = [newSecret(), newSecret()];
        const headers = { ...signatureHeaders({ id, at: new Date(), body }, [present, previous]) };
        for (const known of [present, previous])
          expect(new Webhook(known).verify(body, headers)).toEqual(JSON.parse(body));
        expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow('No matching signature');
        expect(() => new Webhook(present).verify(`${body} `, headers)).toThrow('No matching signature');
        expect(() => new Webhook(present).verify(body, { ...headers, 'webhook-id': 'other' })).toThrow();
      }),
      { numRuns: 50 },
    );
  });
});

describe('newSecret', () => {
  it('is the base64 of 32 bytes, another one each time', () => {
    const secret = newSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
    expect(newSecret()).not.toBe(secret);
  });
});

describe('validSecrets', () => {
  const now = new Date('2026-01-05T10:00:00Z');
  it.each([
    [null, null, ['new']],
    ['old', new Date(now.getTime() + 1), ['new', 'old']],
    ['old', now, ['new']],
  ])('%j until %j', (previousSecret, previousUntil, expected) => {
    expect(validSecrets({ secret: 'new', previousSecret, previousUntil }, now)).toEqual(expected);
  });
});
