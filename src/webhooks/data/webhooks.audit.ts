import { AUDIT_NOW, longBefore, type AuditCheck } from '../../platform/audit/index.js';
import { EVERY_TYPE, PUBLIC_EVENT_TYPES } from '../domain/public-events.js';

const PUBLIC_TYPES = PUBLIC_EVENT_TYPES.map((type) => `'${type}'`).join(', ');

/** What must be true of webhooks. Settled deliveries are forgotten after 30 days, and what they told of with them. */
export const WEBHOOKS_AUDIT: readonly AuditCheck[] = [
  {
    name: 'webhooks.events_handed_out',
    claim:
      'ten minutes after it was handed on, an event is owed to each subscription that has asked for its type ever since',
    sql: `select s.id as webhook_id, e.id as event_id, e.type, e.dispatched_at
      from webhook_subscription s
      join outbox_event e on e.type in (${PUBLIC_TYPES}) and s.event_types && array[e.type, '${EVERY_TYPE}']
        and e.occurred_at > s.created_at + interval '1 minute'
      left join webhook_delivery d on d.subscription_id = s.id and d.event_id = e.id
      where s.version = 1 and s.disabled_at is null and d.id is null
        and ${longBefore('e.dispatched_at', 10)} and e.occurred_at > ${AUDIT_NOW} - interval '29 days'`,
  },
  {
    name: 'webhooks.deliveries_have_events',
    claim: 'no delivery tells of an event that there is not, or of one that is not public',
    sql: `select d.id, d.event_type, d.event_id from webhook_delivery d left join outbox_event e on e.id = d.event_id and e.type = d.event_type
      where e.id is null or d.event_type not in (${PUBLIC_TYPES})`,
  },
  {
    name: 'webhooks.deliveries_settled',
    claim: 'a delivery that was taken has a try that the endpoint answered with success',
    sql: `select d.id, d.event_id, d.attempts from webhook_delivery d
      where d.status = 'delivered'
        and not exists (select from webhook_attempt a where a.delivery_id = d.id and a.http_status between 200 and 299)`,
  },
];
