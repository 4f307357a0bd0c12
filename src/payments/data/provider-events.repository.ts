import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';

export interface NewProviderEvent {
  readonly provider: string;
  /** The provider's own id of the news. */
  readonly eventId: string;
  readonly type: string;
  readonly subjectId: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

/** News that providers sent, each once. */
@Injectable()
export class ProviderEventsRepository {
  /** False when the provider sent it before: another delivery of it waits here until the first one's transaction has ended. */
  async insert(tx: Tx, event: NewProviderEvent): Promise<boolean> {
    const { count } = await tx.providerEvent.createMany({ data: [event], skipDuplicates: true });
    return count === 1;
  }
}
