import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { StripeProvider } from '../../src/payments/providers/stripe/stripe-provider.js';
import { StripeServer } from '../support/stripe-server.js';
import {
  chargeRequest,
  FEE,
  openAdapter,
  questionAbout,
  questionAboutRefund,
  refundRequest,
} from '../support/stripe-shop.js';

let stripe: StripeServer;
let adapter: StripeProvider;
beforeAll(async () => {
  stripe = await StripeServer.start();
  adapter = await openAdapter(stripe);
});
afterEach(() => {
  stripe.calm();
  stripe.account.refundStatus = 'succeeded';
});
afterAll(() => stripe.stop());

const CANCEL = /\/cancel$/;
const CREATE = /^POST \/v1\/payment_intents$/;
const REFUND = /^POST \/v1\/refunds$/;

const pounds = (amount: bigint) => ({ amount, currency: 'GBP' });

/** A charge and the question about it. */
async function charged(more: Parameters<typeof chargeRequest>[0] = {}) {
  const request = chargeRequest(more);
  const answer = await adapter.charge(request);
  const reference = 'reference' in answer ? answer.reference : '';
  return { request, reference, question: questionAbout(request, { reference }) };
}

describe('a look-up', () => {
  it('without the provider’s name finds the charge among those of its time, over many pages', async () => {
    const { request, question } = await charged();
    for (let i = 0; i < 130; i++)
      stripe.account.createIntent({ amount: '500', currency: 'gbp', metadata: { attempt: `other-${i}` } });
    expect(await adapter.lookUp(questionAbout(request))).toEqual(await adapter.lookUp(question));
    const pages = stripe.seen(/^GET \/v1\/payment_intents$/);
    expect(pages).toHaveLength(2);
    expect(pages[1]?.params['starting_after']).toEqual(expect.stringMatching(/^pi_/));
  });

  it('finds nothing where there is nothing, nor outside the time of the attempt', async () => {
    expect(await adapter.lookUp(questionAbout(chargeRequest()))).toEqual({ outcome: 'not_found' });
    const { request } = await charged();
    const old = questionAbout(request, { createdAt: new Date(Date.now() - 7_200_000) });
    expect(await adapter.lookUp(old)).toEqual({ outcome: 'not_found' });
  });

  it('that gets no answer tells nothing of the charge', async () => {
    const { question } = await charged();
    stripe.trap(/^GET/, { kind: 'status', status: 500, worked: false });
    expect(await adapter.lookUp(question)).toMatchObject({ outcome: 'unknown' });
    stripe.trap(/^GET/, { kind: 'drop', worked: false });
    expect(await adapter.lookUp(question)).toMatchObject({ outcome: 'unknown' });
    expect(await adapter.lookUp({ ...question, signal: AbortSignal.abort() })).toMatchObject({ outcome: 'unknown' });
  });

  it('of a name that Stripe does not know here is an error and no absence: the key may be another account’s', async () => {
    const { request } = await charged();
    const elsewhere = questionAbout(request, { reference: 'pi_elsewhere' });
    expect(await adapter.lookUp(elsewhere)).toMatchObject({ outcome: 'error' });
    expect(await adapter.void(elsewhere)).toMatchObject({ outcome: 'error' });
  });

  it('does not take another amount for its own', async () => {
    const { question } = await charged();
    expect(await adapter.lookUp({ ...question, amount: pounds(999n) })).toMatchObject({ outcome: 'unknown' });
  });

  it('of a declined charge is the same decline, also when it is asked again', async () => {
    const { request } = await charged({ token: 'pm_card_chargeDeclinedInsufficientFunds' });
    const declined = { outcome: 'declined', declineCode: 'insufficient_funds' };
    expect(await adapter.lookUp(questionAbout(request))).toEqual(declined);
    expect(stripe.account.intentsOf(request.key)[0]?.status).toBe('canceled');
    expect(await adapter.lookUp(questionAbout(request))).toEqual(declined);
  });

  it('of a declined charge that cannot be closed now says nothing yet', async () => {
    const { request } = await charged({ token: 'pm_card_chargeDeclined' });
    stripe.trap(CANCEL, { kind: 'status', status: 503, worked: false });
    expect(await adapter.lookUp(questionAbout(request))).toMatchObject({ outcome: 'unknown' });
    expect(await adapter.lookUp(questionAbout(request))).toMatchObject({ outcome: 'declined' });
  });
});

describe('a capture', () => {
  it('takes what was set aside, once, however often it is asked', async () => {
    const { question, reference } = await charged({ capture: false });
    const { held } = stripe.account;
    const answer = { outcome: 'captured', reference, fee: FEE };
    expect(await adapter.capture(question)).toEqual(answer);
    expect(await adapter.capture(question)).toEqual(answer);
    expect(await adapter.lookUp(question)).toEqual(answer);
    expect(stripe.account.held).toBe(held + 1000);
  });

  it('whose answer is lost is found to be captured', async () => {
    const { question } = await charged({ capture: false });
    stripe.trap(/\/capture$/, { kind: 'drop', worked: true });
    expect(await adapter.capture(question)).toMatchObject({ outcome: 'unknown' });
    expect(stripe.seen(/\/capture$/)).toHaveLength(1);
    expect(await adapter.capture(question)).toMatchObject({ outcome: 'captured' });
  });

  it('can be asked for again after a fault at Stripe', async () => {
    const { question } = await charged({ capture: false });
    stripe.trap(/\/capture$/, { kind: 'status', status: 500, worked: false });
    expect(await adapter.capture(question)).toMatchObject({ outcome: 'unknown' });
    expect(await adapter.capture(question)).toMatchObject({ outcome: 'captured' });
  });

  it('that crosses a cancellation sees it', async () => {
    const { question, reference } = await charged({ capture: false });
    stripe.trap(/^GET/, { kind: 'delay', ms: 150 });
    const asked = adapter.capture(question);
    while (stripe.seen(/^GET/).length === 0) await new Promise((done) => setTimeout(done, 5));
    stripe.account.cancelIntent(reference, {});
    expect(await asked).toMatchObject({ outcome: 'not_capturable' });
  });

  it('comes too late for what was voided, has lapsed, was declined or never seen', async () => {
    const voided = await charged({ capture: false });
    await adapter.void(voided.question);
    const lapsed = await charged({ capture: false });
    stripe.account.lapse(lapsed.reference);
    const declined = await charged({ capture: false, token: 'pm_card_chargeDeclined' });
    const step = await charged({ capture: false, token: 'pm_card_threeDSecure2Required' });
    const questions = [
      voided.question,
      lapsed.question,
      questionAbout(declined.request),
      step.question,
      questionAbout(chargeRequest({ capture: false })),
    ];
    for (const question of questions)
      expect(await adapter.capture(question)).toEqual({ outcome: 'not_capturable', detail: expect.any(String) });
    expect(await adapter.lookUp(lapsed.question)).toEqual({ outcome: 'voided' });
  });
});

describe('a void', () => {
  it('lets go of what was set aside, again and again', async () => {
    const { question } = await charged({ capture: false });
    expect(await adapter.void(question)).toEqual({ outcome: 'voided' });
    expect(await adapter.void(question)).toEqual({ outcome: 'voided' });
    expect(await adapter.lookUp(question)).toEqual({ outcome: 'voided' });
  });

  it('closes a key that Stripe never saw: what comes under it later takes nothing', async () => {
    const request = chargeRequest();
    const { held } = stripe.account;
    expect(await adapter.void(questionAbout(request))).toEqual({ outcome: 'voided' });
    expect(await adapter.lookUp(questionAbout(request))).toEqual({ outcome: 'voided' });
    expect(await adapter.charge(request)).toEqual({ outcome: 'error', detail: 'the key is closed' });
    expect(stripe.account.held).toBe(held);
    expect(stripe.account.intentsOf(request.key)).toHaveLength(1);
  });

  it('finds an intent that its list does not show yet by the key, and closes that one', async () => {
    stripe.trap(/\/confirm$/, { kind: 'drop', worked: false });
    const { request } = await charged();
    const elsewhen = questionAbout(request, { createdAt: new Date(Date.now() - 7_200_000) });
    expect(await adapter.void(elsewhen)).toEqual({ outcome: 'voided' });
    expect(stripe.account.intentsOf(request.key).map(({ status }) => status)).toEqual(['canceled']);
  });

  it('of a step that waits ends it', async () => {
    const { question, request } = await charged({ token: 'pm_card_threeDSecure2Required' });
    expect(await adapter.void(question)).toEqual({ outcome: 'voided' });
    const [intent] = stripe.account.intentsOf(request.key);
    expect(() => stripe.account.confirmFromBrowser(intent!.client_secret, 'pm_card_visa')).toThrow(/canceled/);
  });

  it('does not take back what was captured, known by name or not', async () => {
    const { question, request } = await charged();
    const { held } = stripe.account;
    expect(await adapter.void(question)).toEqual({ outcome: 'not_voidable', detail: expect.any(String) });
    expect(await adapter.void(questionAbout(request))).toMatchObject({ outcome: 'not_voidable' });
    expect(stripe.account.held).toBe(held);
    expect(await adapter.lookUp(question)).toMatchObject({ outcome: 'captured' });
  });

  it('is unknown while Stripe is still at work', async () => {
    const { request } = await charged({ token: 'pm_bacs_debit' });
    expect(await adapter.void(questionAbout(request))).toMatchObject({ outcome: 'unknown' });
  });

  it('whose answer is lost is unknown, and voided when it is asked again', async () => {
    const request = chargeRequest();
    stripe.trap(CANCEL, { kind: 'drop', worked: true });
    expect(await adapter.void(questionAbout(request))).toMatchObject({ outcome: 'unknown' });
    expect(stripe.seen(CANCEL)).toHaveLength(1);
    expect(await adapter.void(questionAbout(request))).toEqual({ outcome: 'voided' });
  });

  it('ends for a key whose first request failed at Stripe for good', async () => {
    const request = chargeRequest();
    stripe.trap(CREATE, { kind: 'status', status: 500, worked: false });
    expect(await adapter.charge(request)).toMatchObject({ outcome: 'error' });
    expect(await adapter.void(questionAbout(request))).toEqual({ outcome: 'voided' });
  });

  it('goes on when Stripe has trouble of its own', async () => {
    const request = chargeRequest();
    stripe.trap(CREATE, { kind: 'drop', worked: false });
    expect(await adapter.void(questionAbout(request))).toMatchObject({ outcome: 'unknown' });
    stripe.trap(CREATE, { kind: 'status', status: 429, worked: false });
    expect(await adapter.void(questionAbout(request))).toMatchObject({ outcome: 'error' });
    expect(await adapter.void(questionAbout(request))).toEqual({ outcome: 'voided' });
  });

  it('ends for amounts that Stripe takes nothing of', async () => {
    const little = questionAbout(chargeRequest({ amount: pounds(5n) }));
    expect(await adapter.void(little)).toEqual({ outcome: 'voided' });
    const odd = questionAbout(chargeRequest({ amount: { amount: 5124n, currency: 'KWD' } }));
    expect(await adapter.void(odd)).toEqual({ outcome: 'voided' });
  });
});

describe('a refund', () => {
  it('gives back in parts, each once, and never more than was taken', async () => {
    const { request, reference } = await charged();
    const first = refundRequest(request.key, reference, { amount: pounds(400n) });
    const answer = await adapter.refund(first);
    expect(answer).toEqual({ outcome: 'succeeded', reference: expect.stringMatching(/^re_/) });
    expect(await adapter.refund(first)).toEqual(answer);
    expect(await adapter.lookUpRefund(questionAboutRefund(first))).toEqual(answer);
    const tooMuch = refundRequest(request.key, reference, { amount: pounds(601n) });
    expect(await adapter.refund(tooMuch)).toEqual({ outcome: 'failed', detail: expect.stringContaining('greater') });
    expect(await adapter.lookUpRefund(questionAboutRefund(tooMuch))).toEqual({ outcome: 'not_found' });
    const rest = refundRequest(request.key, reference, { amount: pounds(600n) });
    expect(await adapter.refund(rest)).toMatchObject({ outcome: 'succeeded' });
    const more = refundRequest(request.key, reference, { amount: pounds(1n) });
    expect(await adapter.refund(more)).toMatchObject({ outcome: 'failed' });
    const refunds = [...stripe.account.refunds.values()].filter((refund) => refund.payment_intent === reference);
    expect(refunds.map(({ amount }) => amount)).toEqual([400, 600]);
  });

  it('whose answer is lost is unknown and is found, without a second one', async () => {
    const { request, reference } = await charged();
    const refund = refundRequest(request.key, reference, { amount: pounds(300n) });
    stripe.trap(REFUND, { kind: 'drop', worked: true });
    expect(await adapter.refund(refund)).toMatchObject({ outcome: 'unknown' });
    expect(stripe.seen(REFUND)).toHaveLength(1);
    expect(await adapter.lookUpRefund(questionAboutRefund(refund))).toMatchObject({ outcome: 'succeeded' });
    expect(await adapter.refund(refund)).toMatchObject({ outcome: 'succeeded' });
    expect(stripe.account.charges.get(stripe.account.intent(reference).latest_charge!)?.amount_refunded).toBe(300);
  });

  it('that did not arrive is not found', async () => {
    const { request, reference } = await charged();
    const refund = refundRequest(request.key, reference);
    stripe.trap(REFUND, { kind: 'drop', worked: false });
    expect(await adapter.refund(refund)).toMatchObject({ outcome: 'unknown' });
    expect(await adapter.lookUpRefund(questionAboutRefund(refund))).toEqual({ outcome: 'not_found' });
    stripe.trap(REFUND, { kind: 'status', status: 429, worked: false });
    expect(await adapter.refund(refund)).toMatchObject({ outcome: 'error' });
    expect(await adapter.refund(refund)).toMatchObject({ outcome: 'succeeded' });
  });

  it.each([
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ] as const)('that takes its time is pending until it has %s', async (status, outcome) => {
    const { request, reference } = await charged();
    const refund = refundRequest(request.key, reference);
    stripe.account.refundStatus = 'pending';
    expect(await adapter.refund(refund)).toMatchObject({ outcome: 'unknown' });
    expect(await adapter.lookUpRefund(questionAboutRefund(refund))).toEqual({ outcome: 'pending' });
    const [made] = [...stripe.account.refunds.values()].filter(({ metadata }) => metadata['refund'] === refund.key);
    stripe.account.settleRefund(made!.id, status);
    expect(await adapter.lookUpRefund(questionAboutRefund(refund))).toMatchObject({ outcome });
  });

  it('of an amount that Stripe cannot say fails in words', async () => {
    const { request, reference } = await charged();
    const odd = refundRequest(request.key, reference, { amount: { amount: 1n, currency: 'KWD' } });
    expect(await adapter.refund(odd)).toEqual({
      outcome: 'failed',
      detail: 'Stripe takes KWD in steps of 10 minor units only.',
    });
  });
});

describe('the provider’s own record', () => {
  const records = async (from: Date, to: Date) => {
    const all = [];
    for await (const record of adapter.records(from, to)) all.push(record);
    return all;
  };

  it('tells of every charge with its money, and of nothing else', async () => {
    const paid = await charged();
    const [one, two] = [400n, 100n].map((amount) =>
      refundRequest(paid.request.key, paid.reference, { amount: pounds(amount) }),
    );
    await adapter.refund(one!);
    await adapter.refund(two!);
    stripe.account.createRefund({ payment_intent: paid.reference, amount: '7' });
    const held = await charged({ capture: false });
    const refused = await charged({ token: 'pm_card_chargeDeclined' });
    const waiting = await charged({ token: 'pm_card_threeDSecure2Required' });
    const slow = await charged({ token: 'pm_bacs_debit' });
    const closed = chargeRequest();
    await adapter.void(questionAbout(closed));
    stripe.trap(/\/confirm$/, { kind: 'drop', worked: false });
    const unconfirmed = await charged();
    stripe.account.createIntent({ amount: '500', currency: 'gbp' });

    const all = await records(new Date(Date.now() - 60_000), new Date(Date.now() + 60_000));
    const of = (key: string) => all.filter((record) => record.key === key);
    expect(of(paid.request.key)).toEqual([
      {
        key: paid.request.key,
        reference: paid.reference,
        status: 'captured',
        amount: pounds(1000n),
        captured: 1000n,
        fee: FEE,
        refunds: expect.arrayContaining([
          { key: one!.key, amount: 400n },
          { key: two!.key, amount: 100n },
          { key: expect.stringMatching(/^re_/), amount: 7n },
        ]),
      },
    ]);
    const statuses = [held, refused, waiting, slow, { request: closed }].map(({ request }) => of(request.key)[0]);
    expect(statuses.map((record) => record?.status)).toEqual([
      'authorized',
      'declined',
      'requires_action',
      'pending',
      'voided',
    ]);
    expect(statuses.every((record) => record?.captured === 0n && record.fee === null)).toBe(true);
    expect(of(unconfirmed.request.key)).toEqual([]);
    expect(all.every(({ key }) => /^[0-9a-f-]{36}$/.test(key) || key.startsWith('other-'))).toBe(true);
  });

  it('reads a long list of refunds to its end', async () => {
    const { request, reference } = await charged();
    for (let i = 0; i < 12; i++) await adapter.refund(refundRequest(request.key, reference, { amount: pounds(10n) }));
    const all = await records(new Date(Date.now() - 60_000), new Date(Date.now() + 60_000));
    expect(all.find(({ key }) => key === request.key)?.refunds).toHaveLength(12);
  });

  it('keeps to the time that it was asked for, and says when it cannot be read', async () => {
    await charged();
    expect(await records(new Date(Date.now() - 7_200_000), new Date(Date.now() - 3_600_000))).toEqual([]);
    stripe.trap(/^GET/, { kind: 'status', status: 500, worked: false });
    await expect(records(new Date(0), new Date())).rejects.toThrow(/record cannot be read: StripeAPIError, status 500/);
  });
});

describe('news', () => {
  const delivery = (body: string, signature: string | string[] | undefined) => ({
    body: Buffer.from(body),
    headers: { 'stripe-signature': signature },
  });

  it('names the attempt or the refund that it is about', async () => {
    const { request, reference } = await charged();
    const refund = refundRequest(request.key, reference);
    await adapter.refund(refund);
    const about = (type: string) => {
      const event = [...stripe.account.events].reverse().find((candidate) => candidate.type === type)!;
      const { body, signature } = stripe.sign(event);
      return { event, news: adapter.readNews(delivery(body, signature)) };
    };
    const paid = about('payment_intent.succeeded');
    expect(paid.news).toEqual({
      eventId: paid.event.id,
      type: 'payment_intent.succeeded',
      occurredAt: new Date(paid.event.created * 1000),
      subject: { kind: 'payment', key: request.key },
    });
    expect(about('refund.created').news?.subject).toEqual({ kind: 'refund', key: refund.key });
    expect(about('payment_intent.created').news).toMatchObject({ subject: null });
  });

  it.each([
    ['payment_intent.succeeded', { object: 'payment_intent', metadata: {} }],
    ['payment_intent.succeeded', { object: 'payment_intent', metadata: { attempt: 'not-one-of-ours' } }],
    ['refund.updated', { object: 'refund', metadata: null }],
    ['customer.created', { object: 'customer', metadata: { attempt: '01890000-0000-7000-8000-000000000001' } }],
    ['balance.available', { object: 'balance' }],
  ])('of what the shop did not make has no subject: %s %j', (type, object) => {
    const event = { id: 'evt_1', object: 'event', api_version: 'x', created: 1_700_000_000, type, data: { object } };
    const { body, signature } = stripe.sign(event as never);
    expect(adapter.readNews(delivery(body, signature))).toMatchObject({ eventId: 'evt_1', type, subject: null });
  });

  it('is believed by its signature alone', async () => {
    await charged();
    const event = stripe.account.events.at(-1)!;
    const { body, signature } = stripe.sign(event);
    expect(adapter.readNews(delivery(body, signature))).not.toBeNull();
    const forged = stripe.sign(event, { secret: 'whsec_somebody_else' });
    const stale = stripe.sign(event, { at: Date.now() - 600_000 });
    const attempts = [
      delivery(body, undefined),
      delivery(body, ''),
      delivery(body, 'nonsense'),
      delivery(body, [signature]),
      delivery(`${body} `, signature),
      delivery('', signature),
      delivery(forged.body, forged.signature),
      delivery(stale.body, stale.signature),
    ];
    for (const attempt of attempts) expect(adapter.readNews(attempt)).toBeNull();
  });

  it('is not believed at all without a secret', async () => {
    const { StripeProvider: Provider } = await import('../../src/payments/providers/stripe/stripe-provider.js');
    const deaf = await Provider.open({
      secretKey: stripe.secretKey,
      webhookSecret: undefined,
      apiUrl: stripe.url,
      timeoutMs: 1_000,
      returnUrl: undefined,
    });
    const { body, signature } = stripe.sign(stripe.account.events[0]!);
    expect(deaf.readNews(delivery(body, signature))).toBeNull();
  });
});
