import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Db } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Clock } from '../../platform/time/index.js';
import { ProviderEventsRepository } from '../data/provider-events.repository.js';
import type { ProviderDelivery, ProviderNews } from '../domain/payment-provider.js';
import { WebhookSignatureError } from '../domain/payments.errors.js';
import { PAYMENT_NEWS, type PaymentNews } from '../domain/payments.events.js';
import { ProviderRegistry } from './provider-registry.js';

/** Takes what providers deliver: verified, recorded once, and handed on through the outbox. Nobody is asked anything here. */
@Injectable()
export class ReceiveNewsService {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly events: ProviderEventsRepository,
    private readonly db: Db,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Without effect for news that came before.
   * @throws NotFoundError `payment_provider.not_found` for a provider that the shop does not know or take; WebhookSignatureError
   */
  async receive(provider: string, delivery: ProviderDelivery): Promise<void> {
    const adapter = this.providers.isEnabled(provider) ? this.providers.find(provider) : undefined;
    if (!adapter) throw new NotFoundError('payment_provider');
    const news = adapter.readNews(delivery);
    if (!news) {
      this.logger.warn({ provider }, 'a delivery in the name of a payment provider was not signed by it');
      throw new WebhookSignatureError();
    }
    await this.record(provider, news);
  }

  private async record(provider: string, { eventId, type, occurredAt, subject }: ProviderNews): Promise<void> {
    // What is no id of ours can only tell of something else.
    const about = subject && isUuid(subject.key) ? subject : null;
    await this.db.transaction(async (tx) => {
      const receivedAt = this.clock.now();
      const event = { provider, eventId, type, subjectId: about?.key ?? null, occurredAt, receivedAt };
      if (!(await this.events.insert(tx, event)) || !about) return;
      const payload: PaymentNews = about.kind === 'payment' ? { paymentId: about.key } : { refundId: about.key };
      this.outbox.append(tx, { type: PAYMENT_NEWS, subjectId: about.key, payload });
    });
  }
}
