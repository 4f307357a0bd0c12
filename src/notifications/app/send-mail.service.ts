import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { FailPoints } from '../../platform/fail-points/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Sealer } from '../../platform/sealing/index.js';
import { Clock } from '../../platform/time/index.js';
import { MailDeliveriesRepository } from '../data/mail-deliveries.repository.js';
import type { StartedDelivery } from '../data/mail-deliveries.sql.js';
import { MailFailure, MailTransport } from '../delivery/mail-transport.js';
import { openSealedLinks } from '../domain/sealed-links.js';

const TASK = 'notifications.send_mail';

/**
 * Tries of one mail: with the pauses of the job queue, which grow from seconds to six hours, four days in all, as long as mail servers
 * themselves hold on to a mail (RFC 5321, section 4.5.4.1).
 */
export const MAX_ATTEMPTS = 25;

/** The queue gives up later than we do: the last word is the delivery's, whose tries also count when the database failed in between. */
const JOB_ATTEMPTS = MAX_ATTEMPTS + 15;

/** The job that sends one mail and records what became of it. */
@Injectable()
export class SendMail implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly deliveries: MailDeliveriesRepository,
    private readonly transport: MailTransport,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly failPoints: FailPoints,
    private readonly sealer: Sealer,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(TASK, async (payload) => this.send((payload as { deliveryId: string }).deliveryId), 'mail');
  }

  /** Queues the sending in the transaction that made the mails owed; replaces the jobs that they may have already. */
  enqueue(tx: Tx, deliveryIds: readonly string[]): void {
    const job = { name: TASK, maxAttempts: JOB_ATTEMPTS };
    this.jobs.enqueueAll(
      tx,
      deliveryIds.map((id) => ({ ...job, payload: { deliveryId: id }, key: `mail:${id}` })),
    );
  }

  /**
   * Sends the mail if it is owed. A crash between the server's "taken" and our record of it sends the mail once more under the same
   * Message-ID: SMTP offers no way to be surer than that.
   * @throws AppError `notifications.mail_not_sent` when another try is due; the queue makes it.
   */
  async send(deliveryId: string): Promise<void> {
    const delivery = await this.deliveries.startAttempt(deliveryId);
    if (!delivery) return;
    try {
      await this.transport.deliver(this.withLinks(delivery));
    } catch (error) {
      if (!(error instanceof MailFailure)) throw error;
      return this.recordFailure(delivery, error);
    }
    this.failPoints.pass('mail.sent');
    await this.deliveries.markSent(delivery.id, this.clock.now());
    this.logger.info({ deliveryId, kind: delivery.kind, attempts: delivery.attempts }, 'mail sent');
  }

  /**
   * The mail as it goes out: a link's token is opened at this moment, and kept nowhere.
   * @throws MailFailure when the link has run out, or was sealed with a key that is not known any more.
   */
  private withLinks(delivery: StartedDelivery): StartedDelivery {
    // Of other mails parts are written by customers, which are never opened.
    if (!delivery.kind.startsWith('link_')) return delivery;
    const { text, html } = delivery;
    return { ...delivery, text: this.opened(text), html: this.opened(html) };
  }

  private opened(content: string): string {
    const result = openSealedLinks(content, this.clock.now(), (sealed) => this.sealer.open('mail-link', sealed));
    if (result.kind === 'opened') return result.text;
    throw result.kind === 'expired'
      ? new MailFailure({ permanent: true, code: 'LINK_EXPIRED', detail: 'the link in it has run out' })
      : new MailFailure({ permanent: true, code: 'LINK_UNREADABLE', detail: 'no ENCRYPTION_KEY opens the link in it' });
  }

  private async recordFailure(delivery: StartedDelivery, failure: MailFailure): Promise<void> {
    const { id, kind, attempts } = delivery;
    const lastError = `${failure.code}: ${failure.detail}`;
    if (failure.permanent || attempts >= MAX_ATTEMPTS) {
      await this.deliveries.markFailed(id, lastError);
      const reason = failure.permanent ? 'refused for good' : 'tried too often';
      this.logger.error({ deliveryId: id, kind, attempts, code: failure.code, reason }, 'mail given up');
      return;
    }
    await this.deliveries.noteError(id, lastError);
    throw new AppError('unavailable', 'notifications.mail_not_sent', `Mail ${id} was not taken (${failure.code})`);
  }
}
