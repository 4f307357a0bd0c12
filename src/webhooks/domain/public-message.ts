import { PUBLIC_EVENTS, type PublicEventType } from './public-events.js';
import { shapeOf, type PublicData } from './shape.js';

/** The body of a delivery, in the form that Standard Webhooks recommends. */
export interface PublicMessage {
  readonly type: PublicEventType;
  /** When it happened. */
  readonly timestamp: string;
  readonly data: PublicData;
}

/** What subscribers get to know of an event: what its type's shape names, and nothing else. */
export function publicMessage(type: PublicEventType, payload: unknown, occurredAt: Date): PublicMessage {
  return { type, timestamp: occurredAt.toISOString(), data: shapeOf(PUBLIC_EVENTS[type].shape, payload) };
}
