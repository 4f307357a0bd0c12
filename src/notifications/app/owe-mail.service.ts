import { Injectable } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import { isErasedAddress } from '../../platform/privacy/index.js';
import { newId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { MailDeliveriesRepository } from '../data/mail-deliveries.repository.js';
import type { MailContent } from '../domain/mail-document.js';
import { SendMail } from './send-mail.service.js';

/** A mail that an event makes owed. */
export interface OwedMail {
  readonly eventId: string;
  readonly kind: string;
  readonly recipient: string;
  readonly content: MailContent;
}

/** Makes mails owed: one for each event and kind, however often the event is handed over. */
@Injectable()
export class OweMail {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
    private readonly deliveries: MailDeliveriesRepository,
    private readonly sending: SendMail,
  ) {}

  /** The deliveries and their jobs are written together; of an event that was handled before, neither. */
  async owe(mails: readonly OwedMail[]): Promise<void> {
    const deliveries = mails
      .filter(({ recipient }) => !isErasedAddress(recipient))
      .map(({ content, ...mail }) => ({ id: newId(), ...mail, ...content }));
    if (deliveries.length === 0) return;
    await this.db.transaction(async (tx) => {
      this.sending.enqueue(tx, await this.deliveries.add(tx, deliveries, this.clock.now()));
    });
  }
}
