import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { Config } from '../platform/config/index.js';
import { Clock } from '../platform/time/index.js';
import { CaptureService } from './app/capture.service.js';
import { ChargeLine } from './app/charge-line.js';
import { ChargeService } from './app/charge.service.js';
import { CompleteTestStepService } from './app/complete-test-step.service.js';
import { PaymentsPersonalData } from './app/payments-personal-data.js';
import { PaymentsPersonalDataRepository } from './data/payments-personal-data.repository.js';
import { ProviderLine } from './app/provider-line.js';
import { PAYMENT_ADAPTERS, ProviderRegistry } from './app/provider-registry.js';
import { ReceiveNewsService } from './app/receive-news.service.js';
import { RefundService } from './app/refund.service.js';
import { SettlementService } from './app/settlement.service.js';
import { StartPaymentService } from './app/start-payment.service.js';
import { TestProviderWarning } from './app/test-provider-warning.js';
import { PaymentsRepository } from './data/payments.repository.js';
import { ProviderEventsRepository } from './data/provider-events.repository.js';
import { ReconciliationRepository } from './data/reconciliation.repository.js';
import { RefundsRepository } from './data/refunds.repository.js';
import type { PaymentProvider } from './domain/payment-provider.js';
import { ProviderNewsController } from './http/provider-news.controller.js';
import { TestProviderController } from './http/test-provider.controller.js';
import { LedgerRepository } from './ledger/data/ledger.repository.js';
import { LedgerController } from './ledger/http/ledger.controller.js';
import { LedgerFacade } from './ledger/ledger.facade.js';
import { PaymentsFacade } from './payments.facade.js';
import { ReconciliationFacade } from './reconciliation.facade.js';
import { TEST_ADAPTER, type TestAdapter } from './providers/test-adapter.js';
import { TestEngine } from './providers/test-engine.js';
import { TestHttpProvider } from './providers/test-http-provider.js';
import { TestProvider } from './providers/test-provider.js';
import { StripeProvider } from './providers/stripe/stripe-provider.js';
import { TestProviderStore } from './providers/test-provider.store.js';

/** Another provider is another adapter in `PAYMENT_ADAPTERS`. */
@Module({
  controllers: [LedgerController, ProviderNewsController, TestProviderController],
  providers: [
    PaymentsFacade,
    LedgerFacade,
    LedgerRepository,
    ReconciliationFacade,
    ReconciliationRepository,
    StartPaymentService,
    CaptureService,
    ChargeLine,
    ChargeService,
    ReceiveNewsService,
    RefundService,
    SettlementService,
    CompleteTestStepService,
    ProviderRegistry,
    ProviderLine,
    PaymentsPersonalData,
    PaymentsPersonalDataRepository,
    PaymentsRepository,
    ProviderEventsRepository,
    RefundsRepository,
    TestProviderStore,
    TestProviderWarning,
    {
      provide: TEST_ADAPTER,
      useFactory: (config: Config, clock: Clock, store: TestProviderStore, host: HttpAdapterHost): TestAdapter => {
        const { url, secret } = config.testProvider;
        if (url !== undefined && secret !== undefined) return new TestHttpProvider(url, secret, () => clock.now());
        return new TestProvider(new TestEngine(store, (key) => `${baseUrl(config, host)}/v1/payments/test/${key}`));
      },
      inject: [Config, Clock, TestProviderStore, HttpAdapterHost],
    },
    {
      provide: PAYMENT_ADAPTERS,
      useFactory: async (test: TestAdapter, config: Config): Promise<PaymentProvider[]> => [
        test,
        ...(await stripeAdapters(config)),
      ],
      inject: [TEST_ADAPTER, Config],
    },
  ],
  exports: [PaymentsFacade, LedgerFacade, ReconciliationFacade],
})
export class PaymentsModule {}

/** Whenever there is a key, so that what was begun through Stripe is finished, too, after it takes no new payments. */
async function stripeAdapters({ stripe, storefrontUrl, paymentTimeoutMs }: Config): Promise<PaymentProvider[]> {
  const { secretKey, webhookSecret, apiUrl } = stripe;
  if (secretKey === undefined) return [];
  return [
    await StripeProvider.open({
      secretKey,
      webhookSecret,
      apiUrl,
      timeoutMs: paymentTimeoutMs,
      returnUrl: storefrontUrl,
    }),
  ];
}

/** Where shoppers reach this server: as configured, else where it listens. */
function baseUrl(config: Config, host: HttpAdapterHost): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const server = host.httpAdapter.getHttpServer() as Server;
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  const anywhere = config.host === '0.0.0.0' || config.host === '::';
  const scheme = config.tls ? 'https' : 'http';
  return `${scheme}://${anywhere ? '127.0.0.1' : config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
}
