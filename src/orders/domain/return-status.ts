import { ReturnStateError } from './orders.errors.js';

/** Where a return stands. `rejected`, `cancelled` and `received` are final: who wants to send back more asks again. */
export type ReturnStatus = 'requested' | 'approved' | 'rejected' | 'cancelled' | 'received';

export type ReturnStep = 'approve' | 'reject' | 'cancel' | 'receive';

/** All ways of a return. */
const TRANSITIONS: Readonly<Record<ReturnStatus, Readonly<Partial<Record<ReturnStep, ReturnStatus>>>>> = {
  requested: { approve: 'approved', reject: 'rejected', cancel: 'cancelled' },
  approved: { receive: 'received', cancel: 'cancelled' },
  rejected: {},
  cancelled: {},
  received: {},
};

/** The return's next status; undefined where it cannot go that way. */
export function returnAfter(status: ReturnStatus, step: ReturnStep): ReturnStatus | undefined {
  return TRANSITIONS[status][step];
}

/** The return's next status. @throws ReturnStateError (409) where it cannot go that way */
export function requireStep(status: ReturnStatus, step: ReturnStep): ReturnStatus {
  const next = returnAfter(status, step);
  if (!next) throw new ReturnStateError(status);
  return next;
}
