import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Tx } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import { FailPoints } from '../../platform/fail-points/index.js';
import { Jobs, type NewJob } from '../../platform/jobs/index.js';
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

/** Mails of one job: enough to share its statements, few enough that they are sent while the process is given time to end. */
const MAILS_OF_A_JOB = 10;

interface MailJob {
  readonly deliveryId: string;
}

/** Another try is due. */
class MailNotSentError extends AppError {
  constructor(detail: string) {
    super('unavailable', 'notifications.mail_not_sent', detail);
  }
}

/** The job that sends mails, one after the other, and records what became of each. */
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
    this.jobs.handle(
      TASK,
      async (payload) => {
        if (Array.isArray(payload)) return this.sendEach((payload as MailJob[]).map(({ deliveryId }) => deliveryId));
        await this.send((payload as MailJob).deliveryId);
      },
      'mail',
    );
  }

  /** Queues the sending of new mails in the transaction that made them owed. */
  enqueue(tx: Tx, deliveryIds: readonly string[]): void {
    const [first, ...more] = deliveryIds;
    if (first === undefined) return;
    if (more.length === 0) return this.enqueueAlone(tx, first);
    const jobs: NewJob[] = [];
    for (let at = 0; at < deliveryIds.length; at += MAILS_OF_A_JOB) {
      const payload = deliveryIds.slice(at, at + MAILS_OF_A_JOB).map((deliveryId): MailJob => ({ deliveryId }));
      jobs.push({ name: TASK, maxAttempts: JOB_ATTEMPTS, payload });
    }
    this.jobs.enqueueAll(tx, jobs);
  }

  /** Queues the sending of one mail; replaces the job of its own that it may have already. */
  enqueueAlone(tx: Tx, deliveryId: string): void {
    const payload: MailJob = { deliveryId };
    this.jobs.enqueue(tx, TASK, payload, { maxAttempts: JOB_ATTEMPTS, key: `mail:${deliveryId}` });
  }

  /**
   * Sends the mail if it is owed. A crash between the server's "taken" and our record of it sends the mail once more under the same
   * Message-ID: SMTP offers no way to be surer than that.
   * @throws AppError `notifications.mail_not_sent` when another try is due; the queue makes it.
   */
  async send(deliveryId: string): Promise<void> {
    for (const delivery of await this.deliveries.startAttempts([deliveryId])) await this.try(delivery);
  }

  /**
   * Each is recorded before the next one is sent: what a mail server took and nobody could note is one mail, and not all of them.
   * @returns how each of them ended, in their order: those that failed are tried again, without the others
   */
  private async sendEach(deliveryIds: readonly string[]): Promise<Promise<void>[]> {
    const ends = new Map<string, Promise<void>>();
    for (const delivery of await this.deliveries.startAttempts(deliveryIds)) {
      const ended = this.try(delivery);
      ends.set(delivery.id, ended);
      try {
        await ended;
      } catch (error) {
        // Not the mail's fault, and so none of the others would be recorded either.
        if (!(error instanceof MailNotSentError)) throw error;
      }
    }
    return deliveryIds.map((id) => ends.get(id) ?? Promise.resolve());
  }

  private async try(delivery: StartedDelivery): Promise<void> {
    try {
      await this.transport.deliver(this.withLinks(delivery));
    } catch (error) {
      if (!(error instanceof MailFailure)) throw error;
      return this.recordFailure(delivery, error);
    }
    this.failPoints.pass('mail.sent');
    await this.deliveries.markSent(delivery.id, this.clock.now());
    this.logger.info({ deliveryId: delivery.id, kind: delivery.kind, attempts: delivery.attempts }, 'mail sent');
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
    throw new MailNotSentError(`Mail ${id} was not taken (${failure.code})`);
  }
}
