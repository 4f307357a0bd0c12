import type { TimelineData, TimelineType } from './timeline.js';

/** Words that people wrote, and what leads to a person's door: the order's own timeline has them, and is emptied when the person is erased. */
const OF_PERSONS = ['text', 'reason', 'note', 'answer', 'carrier', 'trackingNumber', 'trackingUrl'];

/** What the audit log says of a thing that staff did to an order: the facts without what tells of persons, which could never be taken out of it. */
export function auditedFacts(orderId: string, type: TimelineType, data: TimelineData) {
  const entries = Object.entries(data).map(([name, value]) => [
    name,
    OF_PERSONS.includes(name) && value !== null ? '[hidden]' : value,
  ]);
  return {
    action: `orders.${type}`,
    subject: { type: 'order', id: orderId },
    after: Object.fromEntries(entries) as TimelineData,
  };
}
