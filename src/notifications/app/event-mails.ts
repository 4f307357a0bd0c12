import type { StoredEvent } from '../../platform/outbox/index.js';
import type { MailContent, ShopFace } from '../domain/mail-document.js';
import type { OwedMail } from './owe-mail.service.js';

/** What one type of event means to the customer whom it names. */
export interface EventMail {
  /** Whether an event with this payload is told at all. */
  readonly isTold: (payload: unknown) => boolean;
  readonly owed: (event: StoredEvent, shop: ShopFace) => OwedMail;
}

/**
 * @typeParam P the payload of the type of event that it is for
 * @param isTold of which of them there is a mail; of all where it is left out
 */
export function eventMail<P extends { readonly email: string }>(
  kind: string,
  content: (news: P, shop: ShopFace) => MailContent,
  isTold: (news: P) => boolean = () => true,
): EventMail {
  return {
    isTold: (payload) => isTold(payload as P),
    owed: ({ id, payload }, shop) => {
      const news = payload as P;
      return { eventId: id, kind, recipient: news.email, content: content(news, shop) };
    },
  };
}
