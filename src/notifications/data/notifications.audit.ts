import { longBefore, type AuditCheck } from '../../platform/audit/index.js';

/** What must be true of mails. */
export const NOTIFICATIONS_AUDIT: readonly AuditCheck[] = [
  {
    name: 'notifications.confirmations_queued',
    claim:
      'ten minutes after it was handed on, each event that confirms an order has one confirmation, and no other event has any',
    sql: `select e.id as event_id, e.type, e.subject_id, e.dispatched_at, coalesce(m.mails, 0) as mails
      from outbox_event e
      left join (select event_id, count(*) as mails from mail_delivery where kind = 'order_confirmation' group by event_id) m on m.event_id = e.id
      where case when e.type = 'orders.authorized' or (e.type = 'orders.paid' and e.payload->>'confirmed' is distinct from 'true')
        then m.mails > 1 or (m.mails is null and ${longBefore('e.dispatched_at', 10)})
        else m.mails is not null end`,
  },
  {
    name: 'notifications.mails_have_events',
    claim: 'no mail tells of an event that there is not',
    sql: `select m.id, m.kind, m.recipient, m.event_id from mail_delivery m left join outbox_event e on e.id = m.event_id where e.id is null`,
  },
  {
    name: 'notifications.mails_settled',
    claim: 'a mail that was sent says when, and one that was given up says why',
    sql: `select id, kind, status, attempts, sent_at, last_error from mail_delivery
      where (status = 'sent') <> (sent_at is not null) or (status = 'failed' and last_error is null) or (status = 'sent' and attempts = 0)`,
  },
];
