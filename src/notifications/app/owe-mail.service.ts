import { Injectable } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import { isErasedAddress } from '../../platform/privacy/index.js';
import { newId } from '../../platform/ids/index.js';
import type { StoredEvent } from '../../platform/outbox/index.js';
import { Clock } from '../../platform/time/index.js';
import { MailDeliveriesRepository } from '../data/mail-deliveries.repository.js';
import type { MailContent } from '../domain/mail-document.js';
import { SendMail } from './send-mail.service.js';

/** Makes a mail owed: one for each event and kind, however often the event is handed over. */
@Injectable()
export class OweMail {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
    private readonly deliveries: MailDeliveriesRepository,
    private readonly sending: SendMail,
  ) {}

  /** The delivery and its job are written together, or, when the event was handled before, neither. */
  async owe(event: StoredEvent, kind: string, recipient: string, content: MailContent): Promise<void> {
    if (isErasedAddress(recipient)) return;
    const id = newId();
    const delivery = { id, eventId: event.id, kind, recipient, ...content, createdAt: this.clock.now() };
    await this.db.transaction(async (tx) => {
      if (await this.deliveries.add(tx, delivery)) await this.sending.enqueue(tx, id);
    });
  }
}
