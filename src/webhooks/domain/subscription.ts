/** Where a subscriber wants to be told of events. */
export interface Subscription {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly secret: string;
  readonly previousSecret: string | null;
  /** Until then deliveries are signed with both secrets. */
  readonly previousUntil: Date | null;
  readonly disabledAt: Date | null;
  readonly disabledReason: string | null;
  /** Tries in a row that failed, and when the first of them was. */
  readonly failures: number;
  readonly failingSince: Date | null;
  /** Until then nothing is tried. */
  readonly pausedUntil: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type DeliveryStatus = 'queued' | 'delivered' | 'failed';

/** Why a delivery was given up. */
export type DeliveryFailure = 'tries_exhausted' | 'endpoint_gone' | 'subscription_disabled';

/** One event owed to one subscription. */
export interface Delivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** The body, the same in every try. */
  readonly payload: string;
  readonly status: DeliveryStatus;
  /** Tries since it was last put in the queue. */
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly failure: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** One try; with neither status nor error it is under way, or its process died. */
export interface Attempt {
  readonly at: Date;
  readonly durationMs: number;
  readonly httpStatus: number | null;
  readonly error: string | null;
}

/** What came of a try. */
export interface Outcome {
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

/** Standard Webhooks: any 2xx is a success, all else is none, redirects among it. */
export function isDelivered({ httpStatus }: Pick<Outcome, 'httpStatus'>): boolean {
  return httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
}

/** Standard Webhooks: with 410 an endpoint says that it wants no more. */
export function isGone({ httpStatus }: Pick<Outcome, 'httpStatus'>): boolean {
  return httpStatus === 410;
}
