import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestProviderServer } from '../../src/payments/index.js';
import type { TestAdapter } from '../../src/payments/providers/test-adapter.js';
import { TestHttpProvider } from '../../src/payments/providers/test-http-provider.js';
import { startPaymentsShop } from '../support/payments-shop.js';
import { describeProvider, type ContractProvider } from '../support/provider-contract.js';

const TOKENS = {
  approved: 'tok_approved',
  declined: 'tok_declined',
  requiresAction: 'tok_requires_action',
  fault: 'tok_error',
  lostAnswer: 'tok_timeout_charged',
  lostRequest: 'tok_timeout_not_charged',
};

function madeOf(provider: TestAdapter, now: () => Date, close: () => Promise<void>): ContractProvider {
  return {
    provider,
    tokens: TOKENS,
    now,
    completeStep: async (key, _, outcome) => {
      await provider.completeStep(key, outcome);
    },
    close,
  };
}

describeProvider({
  name: 'test, in the process',
  make: async () => {
    const shop = await startPaymentsShop();
    return madeOf(
      shop.provider,
      () => shop.clock.now(),
      () => shop.close(),
    );
  },
});

describeProvider({
  name: 'test, as a server',
  make: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'backroom-test-'));
    const secret = 'a secret of the contract test';
    const options = { port: 0, host: '127.0.0.1', file: join(folder, 'journal.jsonl'), secret, webhook: undefined };
    const server = await startTestProviderServer(options);
    const now = () => new Date();
    return madeOf(new TestHttpProvider(server.url, secret, now), now, async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    });
  },
});
