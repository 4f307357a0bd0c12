import type { Origin } from '../../platform/access/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { SessionId, UserId } from '../../platform/ids/index.js';

export interface NewSession {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly begin: {
    readonly method: string;
    readonly secondFactor: boolean;
    readonly cookie?: boolean;
    readonly origin: Origin | undefined;
  };
  readonly now: Date;
  readonly expiresAt: Date;
}

const INSERT_SESSION = `
  insert into session (id, user_id, method, second_factor, cookie, user_agent, address, last_used_at, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)`;
const INSERT_TOKEN = 'insert into refresh_token (hash, session_id, created_at) values ($1, $2, $3)';

/** A session that stands from now until `expiresAt`. What the database refuses fails the transaction. */
export function insertSession(tx: Tx, { id, userId, begin, now, expiresAt }: NewSession): void {
  const { method, secondFactor, cookie = false, origin } = begin;
  tx.write('auth.session_insert', INSERT_SESSION, [
    ...[id, userId, method, secondFactor, cookie],
    ...[origin?.userAgent ?? null, origin?.address ?? null, now, expiresAt],
  ]);
}

/** Of a session that was made in this transaction or before. `hash`: SHA-256, 32 bytes, as the database checks. */
export function insertRefreshToken(tx: Tx, sessionId: SessionId, hash: Uint8Array, now: Date): void {
  tx.write('auth.refresh_token_insert', INSERT_TOKEN, [Buffer.from(hash), sessionId, now]);
}
