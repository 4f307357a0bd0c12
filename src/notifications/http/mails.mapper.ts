import type { Mail, MailSummary } from '../data/mail-reads.repository.js';
import { withoutTokens } from '../domain/without-tokens.js';
import type { MailDetailResponse, MailResponse } from './mail.dto.js';

export function toMailResponse(mail: MailSummary): MailResponse {
  return {
    id: mail.id,
    eventId: mail.eventId,
    kind: mail.kind,
    recipient: mail.recipient,
    subject: mail.subject,
    status: mail.status,
    attempts: mail.attempts,
    lastError: mail.lastError,
    createdAt: mail.createdAt.toISOString(),
    sentAt: mail.sentAt?.toISOString() ?? null,
  };
}

export function toMailDetail(mail: Mail): MailDetailResponse {
  return { ...toMailResponse(mail), text: withoutTokens(mail.text), html: withoutTokens(mail.html) };
}
