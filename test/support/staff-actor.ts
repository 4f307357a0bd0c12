import type { SignedIn } from '../../src/platform/access/index.js';
import type { SessionId, UserId } from '../../src/platform/ids/index.js';

/** Who adjusts, in the ledger. */
export const STAFF = '0198c5f0-7b7e-7000-8000-0000000000aa';

/** Staff as use cases are called by, where no request is. */
export const STAFF_ACTOR: SignedIn = {
  kind: 'user',
  userId: STAFF as UserId,
  via: { kind: 'session', sessionId: '0198c5f0-7b7e-7000-8000-0000000000ab' as SessionId },
  permissions: new Set(),
};
