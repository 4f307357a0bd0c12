import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Config } from '../../src/platform/config/index.js';
import { buyAtOnce } from '../proofs/faults/buyers.js';
import { ClockedClient } from '../proofs/faults/clocked-client.js';
import { ProviderElsewhere } from '../proofs/faults/provider-elsewhere.js';
import { expectNothingLost, hurryJobs } from '../proofs/faults/verdict.js';
import { MailCounter } from '../proofs/support/mail-counter.js';
import type { PlainAnswer } from '../proofs/support/patient-client.js';
import { sizeOf } from '../proofs/support/sizes.js';
import { eventually, makeVariant, type OrderJson } from '../support/shop-fixture.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/**
 * Faults of the shop's neighbours: the payment provider and the mail server. While they last the answers are clear and in time;
 * afterwards everything ends as it should, without help. `PROOF_ROUNDS` times each, `PROOF_BUYERS` at once.
 */
const ROUNDS = sizeOf('PROOF_ROUNDS', 1);
const BUYERS = sizeOf('PROOF_BUYERS', 6);
const STOCK = 1_000;
const PAYMENT_TIMEOUT_MS = 500;
/** Two questions to the provider, each as long as it may be, and room for a busy machine. */
const ANSWER_MS = 2 * PAYMENT_TIMEOUT_MS + 9_000;

let elsewhere: ProviderElsewhere;
let provider: ProviderElsewhere['server'];
let mails: MailCounter;
let shop: TestApp;
let client: ClockedClient;
beforeAll(async () => {
  elsewhere = await ProviderElsewhere.start();
  provider = elsewhere.server;
  mails = await new MailCounter().start();
  shop = await startTestApp({
    ...elsewhere.env,
    PAYMENT_TIMEOUT_MS: String(PAYMENT_TIMEOUT_MS),
    SMTP_URL: mails.url,
  });
  provider.control({ webhookUrl: `${shop.base}/v1/payments/test/webhooks` });
  client = new ClockedClient(() => shop.base);
}, 60_000);
afterEach(() =>
  provider.control({ mode: 'ok', delayMs: 0, webhooks: true, webhookDuplicates: 0, webhookShuffleMs: 0 }),
);
afterAll(async () => {
  client.close();
  await shop.close();
  await mails.stop();
  await elsewhere.stop();
});

const charges = () => elsewhere.charges();

const newVariant = async () => (await makeVariant(shop, { stock: STOCK })).variantId;

const expectSound = (variantId: string, answers: readonly PlainAnswer[]) =>
  expectNothingLost({
    databaseUrl: shop.databaseUrl,
    config: shop.app.get(Config),
    variantId,
    stock: STOCK,
    answers,
    charges,
  });

/** Everyone had an answer to each call, in time, and none that is the server's fault. */
function expectClear(): void {
  expect(client.faults.splice(0)).toEqual([]);
  expect(client.met.noAnswer).toBe(0);
  expect(client.takeLongestMs()).toBeLessThan(ANSWER_MS);
}

const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);

describe.each(rounds)('a payment provider, round %i,', () => {
  it.each([
    ['that answers too late', { mode: 'slow', delayMs: 4 * PAYMENT_TIMEOUT_MS }],
    ['that hangs up without doing anything', { mode: 'dead' }],
    ['that refuses', { mode: 'refuse' }],
    ['that does the work and hangs up', { mode: 'mute' }],
    ['that does it and sends no news either', { mode: 'mute', webhooks: false }],
    ['that sends its news often and mixed up', { mode: 'mute', webhookDuplicates: 3, webhookShuffleMs: 1_000 }],
  ] as const)(
    '%s, loses no order and charges none twice',
    async (_name, fault) => {
      const variantId = await newVariant();
      provider.control(fault);
      const buying = buyAtOnce({ client, variantId, count: BUYERS });
      await sleep(1_000);
      expect((await fetch(`${shop.base}/health/ready`)).status).toBe(200);
      provider.control({ mode: 'ok', delayMs: 0 });
      const more = await buyAtOnce({ client, variantId, count: 2 });
      for (const { status } of more) expect(status).toBe(201);
      const answers = [...(await buying), ...more];
      expectClear();
      const paid = await expectSound(variantId, answers);
      // Who was asked to pay and was charged has the goods; who was not charged was told so, or pays at the next try.
      expect(paid).toBeGreaterThanOrEqual(fault.mode === 'dead' ? 2 : BUYERS + 2);
    },
    60_000,
  );

  it('that sends news of the shopper’s step often and mixed up, is believed once', async () => {
    const variantId = await newVariant();
    provider.control({ webhookDuplicates: 3, webhookShuffleMs: 600 });
    const answers = await buyAtOnce({ client, variantId, count: BUYERS, token: 'tok_requires_action' });
    for (const { text } of answers) {
      const { nextAction } = JSON.parse(text) as OrderJson;
      const body = JSON.stringify({ outcome: 'approved' });
      expect((await fetch(`${nextAction?.url ?? ''}/complete`, { method: 'POST', body })).status).toBe(200);
    }
    expectClear();
    expect(await expectSound(variantId, answers)).toBe(BUYERS);
  }, 60_000);
});

describe.each(rounds)('a mail server, round %i,', () => {
  /** Each confirmed by one message, which came once. */
  const expectOneEach = (answers: readonly PlainAnswer[]) => {
    const confirmed = mails.confirmations();
    const wrong = answers
      .map(({ text }) => (JSON.parse(text) as OrderJson).number)
      .filter((number) => confirmed.get(number)?.length !== 1);
    expect(wrong).toEqual([]);
  };
  const timed = async (variantId: string) => {
    const started = Date.now();
    const answers = await buyAtOnce({ client, variantId, count: BUYERS });
    return { answers, ms: Date.now() - started };
  };

  it('that is away, slows no checkout, and every paid order has its one mail when it is back', async () => {
    const variantId = await newVariant();
    const before = await timed(variantId);
    await eventually(
      () => Promise.resolve(mails.confirmations().size),
      (size) => size >= before.answers.length,
    );
    await mails.stop();
    const meanwhile = await timed(variantId);
    const answers = [...before.answers, ...meanwhile.answers];
    for (const { status } of answers) expect(status).toBe(201);
    expect(meanwhile.ms).toBeLessThan(3 * before.ms + 1_500);
    // At least one try of each has failed.
    await sleep(1_500);
    await mails.startAgain();
    const numbers = meanwhile.answers.map(({ text }) => (JSON.parse(text) as OrderJson).number);
    await eventually(
      async () => {
        await hurryJobs(shop);
        const confirmed = mails.confirmations();
        return numbers.filter((number) => !confirmed.has(number));
      },
      (missing) => missing.length === 0,
    );
    expectClear();
    await expectSound(variantId, answers);
    expectOneEach(answers);
  }, 60_000);
});
