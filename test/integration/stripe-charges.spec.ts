import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import type { StripeProvider } from '../../src/payments/providers/stripe/stripe-provider.js';
import { StripeServer } from '../support/stripe-server.js';
import { chargeRequest, FEE, openAdapter, questionAbout } from '../support/stripe-shop.js';

let stripe: StripeServer;
let adapter: StripeProvider;
beforeAll(async () => {
  stripe = await StripeServer.start();
  adapter = await openAdapter(stripe);
});
afterEach(() => {
  stripe.calm();
  stripe.account.feesAtOnce = true;
  stripe.account.settlement = null;
});
afterAll(() => stripe.stop());

const CREATE = /^POST \/v1\/payment_intents$/;
const CONFIRM = /\/confirm$/;

/** The one intent that Stripe has of the attempt. */
function intentOf(key: string) {
  const intents = stripe.account.intentsOf(key);
  expect(intents).toHaveLength(1);
  return intents[0]!;
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a charge', () => {
  it('takes the money once, and says what it costs', async () => {
    const request = chargeRequest();
    const answer = await adapter.charge(request);
    const intent = intentOf(request.key);
    expect(answer).toEqual({ outcome: 'captured', reference: intent.id, fee: FEE });
    expect(intent).toMatchObject({ status: 'succeeded', amount: 1000, currency: 'gbp', description: 'B-1001' });
    expect(stripe.requests.map(({ method, idempotencyKey }) => [method, idempotencyKey])).toEqual([
      ['POST', request.key],
      ['POST', `${request.key}:confirm`],
    ]);
  });

  it('speaks the version that the package was made for, and tells nothing of the shop', async () => {
    await adapter.charge(chargeRequest());
    const { headers } = stripe.requests[0]!;
    expect(headers['stripe-version']).toBe('2026-10-28.endive');
    expect(headers['x-stripe-client-telemetry']).toBeUndefined();
    expect(headers['x-stripe-client-user-agent']).not.toContain('telemetry_id');
  });

  it('only sets the money aside when it is asked to', async () => {
    const request = chargeRequest({ capture: false });
    const held = stripe.account.held;
    expect(await adapter.charge(request)).toEqual({ outcome: 'authorized', reference: intentOf(request.key).id });
    expect(stripe.account.held).toBe(held);
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_nobodyKnows', 'invalid_token'],
  ])('with %s is declined: %s', async (token, declineCode) => {
    const request = chargeRequest({ token });
    expect(await adapter.charge(request)).toEqual({ outcome: 'declined', declineCode });
    expect(intentOf(request.key).amount_received).toBe(0);
  });

  it.each(['tok_approved', 'sk_live_oops', 'pm_', 'pm_../../refunds', 'pm_a b'])(
    'with %j is declined without a word to Stripe',
    async (token) => {
      expect(await adapter.charge(chargeRequest({ token }))).toEqual({
        outcome: 'declined',
        declineCode: 'invalid_token',
      });
      expect(stripe.requests).toHaveLength(0);
    },
  );

  it.each([29n, 100_000_000n])('of %d pence is declined: no other try can help', async (amount) => {
    const answer = await adapter.charge(chargeRequest({ amount: { amount, currency: 'GBP' } }));
    expect(answer).toEqual({ outcome: 'declined', declineCode: 'card_declined' });
  });

  it('that Stripe’s units cannot say is an error, and nothing is sent', async () => {
    const answer = await adapter.charge(chargeRequest({ amount: { amount: 5124n, currency: 'KWD' } }));
    expect(answer).toMatchObject({ outcome: 'error', detail: expect.stringContaining('steps of 10') });
    expect(stripe.requests).toHaveLength(0);
  });

  it('in a currency that Stripe counts in its own way is exact', async () => {
    const request = chargeRequest({ amount: { amount: 1500n, currency: 'ISK' } });
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'captured' });
    expect(intentOf(request.key)).toMatchObject({ amount: 150_000, currency: 'isk' });
  });

  it('has no fee as long as Stripe has not said one, or says it in another currency', async () => {
    stripe.account.feesAtOnce = false;
    const request = chargeRequest();
    const answer = await adapter.charge(request);
    expect(answer).not.toHaveProperty('fee');
    stripe.account.settleFees();
    expect(await adapter.lookUp(questionAbout(request))).toEqual({ ...answer, fee: FEE });

    stripe.account.settlement = 'usd';
    stripe.account.feesAtOnce = true;
    expect(await adapter.charge(chargeRequest())).not.toHaveProperty('fee');
  });

  it('that takes its time is unknown, and pending when it is asked after', async () => {
    const request = chargeRequest({ token: 'pm_bacs_debit' });
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'unknown' });
    expect(await adapter.lookUp(questionAbout(request))).toEqual({ outcome: 'pending' });
    stripe.account.finish(intentOf(request.key).id, 'succeeded');
    expect(await adapter.lookUp(questionAbout(request))).toMatchObject({ outcome: 'captured' });
  });
});

describe('a step at the bank', () => {
  it('goes on in the provider’s script where no storefront is known', async () => {
    const request = chargeRequest({ token: 'pm_card_threeDSecure2Required' });
    const answer = await adapter.charge(request);
    const intent = intentOf(request.key);
    expect(answer).toEqual({
      outcome: 'requires_action',
      reference: intent.id,
      nextAction: { type: 'client_secret', clientSecret: intent.client_secret },
    });
    expect(intent.automatic_payment_methods).toEqual({ enabled: true, allow_redirects: 'never' });
  });

  it('leads to the bank’s page and back to the storefront', async () => {
    const withStorefront = await openAdapter(stripe, { returnUrl: 'https://tea.example' });
    const request = chargeRequest({ token: 'pm_card_threeDSecure2Required' });
    const answer = await withStorefront.charge(request);
    const intent = intentOf(request.key);
    const url = `${stripe.url}/bank/${intent.id}`;
    expect(answer).toMatchObject({ outcome: 'requires_action', nextAction: { type: 'redirect', url } });
    expect(intent.next_action).toMatchObject({ redirect_to_url: { return_url: 'https://tea.example' } });
    expect(await withStorefront.lookUp(questionAbout(request))).toEqual(answer);
    stripe.account.authenticate(intent.id, 'approved');
    expect(await withStorefront.lookUp(questionAbout(request, { reference: intent.id }))).toMatchObject({
      outcome: 'captured',
      fee: FEE,
    });
  });

  it('that fails is a refusal for good: the browser cannot pay with another card afterwards', async () => {
    const request = chargeRequest({ token: 'pm_card_threeDSecure2Required' });
    await adapter.charge(request);
    const intent = intentOf(request.key);
    stripe.account.authenticate(intent.id, 'declined');
    const answer = { outcome: 'declined', declineCode: 'authentication_failed' };
    expect(await adapter.lookUp(questionAbout(request, { reference: intent.id }))).toEqual(answer);
    expect(() => stripe.account.confirmFromBrowser(intent.client_secret, 'pm_card_visa')).toThrow(/canceled/);
    expect(await adapter.lookUp(questionAbout(request, { reference: intent.id }))).toEqual(answer);
  });

  it('that failed and was taken again with another card has taken the money: it is not declined', async () => {
    const request = chargeRequest({ token: 'pm_card_threeDSecure2Required' });
    await adapter.charge(request);
    const intent = intentOf(request.key);
    stripe.account.authenticate(intent.id, 'declined');
    stripe.trap(/^GET/, { kind: 'delay', ms: 200 });
    const asked = adapter.lookUp(questionAbout(request, { reference: intent.id }));
    while (stripe.seen(/^GET/).length === 0) await new Promise((done) => setTimeout(done, 5));
    stripe.account.confirmFromBrowser(intent.client_secret, 'pm_card_visa');
    expect(await asked).toEqual({ outcome: 'pending' });
    expect(await adapter.lookUp(questionAbout(request))).toMatchObject({ outcome: 'captured' });
  });
});

describe('a charge that meets with trouble', () => {
  it('is an error when Stripe cannot be reached', async () => {
    const nowhere = await openAdapter(stripe, { apiUrl: `http://127.0.0.1:${await freePort()}` });
    expect(await nowhere.charge(chargeRequest())).toEqual({
      outcome: 'error',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('never tells the shop’s key or the shopper’s token', async () => {
    const stranger = await openAdapter(stripe, { secretKey: 'sk_test_wrong' });
    const denied = await stranger.charge(chargeRequest());
    expect(denied).toMatchObject({ outcome: 'error', detail: expect.stringContaining('401') });
    expect(JSON.stringify(denied)).not.toContain('sk_test');
    stripe.trap(CONFIRM, { kind: 'status', status: 500, worked: true });
    expect(JSON.stringify(await adapter.charge(chargeRequest()))).not.toContain('pm_card');
  });

  it.each([
    { kind: 'status', status: 500, worked: false },
    { kind: 'status', status: 500, worked: true },
    { kind: 'status', status: 429, worked: false },
    { kind: 'drop', worked: false },
    { kind: 'drop', worked: true },
  ] as const)('before anything is confirmed is an error, and cost nothing: %j', async (fault) => {
    const held = stripe.account.held;
    stripe.trap(CREATE, fault);
    const request = chargeRequest();
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'error' });
    expect(stripe.requests).toHaveLength(1);
    expect(stripe.account.held).toBe(held);
    expect(await adapter.lookUp(questionAbout(request))).toEqual({ outcome: 'not_found' });
  });

  it.each([
    [{ kind: 'drop', worked: true }, 'captured'],
    [{ kind: 'status', status: 500, worked: true }, 'captured'],
    [{ kind: 'drop', worked: false }, 'not_found'],
    [{ kind: 'status', status: 500, worked: false }, 'not_found'],
    [{ kind: 'status', status: 409, worked: false, code: 'lock_timeout' }, 'not_found'],
  ] as const)('while it is confirmed is unknown, asked once, and look-up tells: %j is %s', async (fault, outcome) => {
    stripe.trap(CONFIRM, fault);
    const request = chargeRequest();
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'unknown' });
    expect(stripe.seen(CONFIRM)).toHaveLength(1);
    expect(await adapter.lookUp(questionAbout(request))).toMatchObject({ outcome });
  });

  it('of too many requests while it is confirmed is an error', async () => {
    stripe.trap(CONFIRM, { kind: 'status', status: 429, worked: false, code: 'lock_timeout' });
    const request = chargeRequest();
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'error' });
    expect(await adapter.lookUp(questionAbout(request))).toEqual({ outcome: 'not_found' });
  });

  it('ends with its signal: unknown, and a confirmation that was not sent is never sent', async () => {
    stripe.trap(CREATE, { kind: 'delay', ms: 300 });
    const limit = new AbortController();
    setTimeout(() => limit.abort(), 60);
    const request = chargeRequest({ signal: limit.signal });
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'unknown' });
    await new Promise((done) => setTimeout(done, 400));
    expect(stripe.seen(CONFIRM)).toHaveLength(0);
    expect(intentOf(request.key).status).toBe('requires_payment_method');
    expect(await adapter.charge(chargeRequest({ signal: AbortSignal.abort() }))).toMatchObject({ outcome: 'unknown' });
  });

  it('ends by itself when the connection is silent', async () => {
    stripe.trap(CONFIRM, { kind: 'delay', ms: 4_000 });
    const request = chargeRequest();
    expect(await adapter.charge(request)).toEqual({ outcome: 'unknown', detail: expect.stringContaining('silence') });
    expect(await adapter.lookUp(questionAbout(request))).toMatchObject({ outcome: 'captured' });
  });
});

describe('a charge that is asked for again', () => {
  it('under the same key takes nothing more', async () => {
    const request = chargeRequest();
    const first = await adapter.charge(request);
    const { held } = stripe.account;
    expect(await adapter.charge(request)).toEqual(first);
    expect(stripe.account.held).toBe(held);
    intentOf(request.key);
  });

  it('says what is the matter now, not what was then', async () => {
    const request = chargeRequest({ capture: false });
    const { reference } = (await adapter.charge(request)) as { reference: string };
    await adapter.capture(questionAbout(request, { reference }));
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'captured' });
  });

  it('with another amount or another card is unknown, and nothing more is taken', async () => {
    const request = chargeRequest();
    await adapter.charge(request);
    const { held } = stripe.account;
    const dearer = { ...request, amount: { amount: 2000n, currency: 'GBP' } };
    expect(await adapter.charge(dearer)).toMatchObject({ outcome: 'unknown', detail: expect.stringContaining('Idem') });
    expect(await adapter.charge({ ...request, token: 'pm_card_chargeDeclined' })).toMatchObject({ outcome: 'unknown' });
    expect(stripe.account.held).toBe(held);
  });

  it('while the first request is at work is unknown', async () => {
    const request = chargeRequest();
    await adapter.charge(request);
    const [create] = stripe.seen(CREATE);
    stripe.forgetKeys();
    stripe.occupy(create!, request.key);
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'unknown' });
  });
});
