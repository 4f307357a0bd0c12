/** Everything that can stand in an order's timeline. */
export const TIMELINE_TYPES = [
  'placed',
  'authorized',
  'paid',
  'payment_failed',
  'payment_late',
  'capture_requested',
  'cancelled',
  'refund_requested',
  'refunded',
  'refund_failed',
  'refund_reversed',
  'fulfilled',
  'tracking_changed',
  'return_requested',
  'return_approved',
  'return_rejected',
  'return_cancelled',
  'return_received',
  'note',
] as const;

export type TimelineType = (typeof TIMELINE_TYPES)[number];

/** `customer`: the owner, or the holder of a guest's token. `system`: nobody asked, as when a deadline is over. */
export type TimelineActor = 'customer' | 'staff' | 'system';

/** Facts of an entry, as JSON: ids, amounts in minor units as numbers, texts. Nothing secret: who sees the entry sees them. */
export type TimelineData = Readonly<Record<string, TimelineValue>>;
export type TimelineValue =
  string | number | boolean | null | readonly TimelineValue[] | { readonly [key: string]: TimelineValue };

/** What happened to an order and who did it. */
export interface NewTimelineEntry {
  readonly orderId: string;
  readonly type: TimelineType;
  readonly actor: TimelineActor;
  /** The user, where one was signed in; staff's are never shown to customers. */
  readonly actorId: string | null;
  readonly data: TimelineData;
  /** Whether the customer sees it. */
  readonly public: boolean;
}

export interface TimelineEntry extends NewTimelineEntry {
  readonly id: string;
  readonly createdAt: Date;
}
