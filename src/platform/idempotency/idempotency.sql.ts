import type { Tx } from '../database/index.js';
import type { KeptAnswer, KeyUse } from './kept-answer.js';

type Key = Pick<KeyUse, 'scope' | 'key'>;

const BIND = `
  insert into idempotency_record (scope, key, fingerprint, resource_id, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)
  on conflict (scope, key) do nothing returning 1 as made`;
const NAME = 'update idempotency_record set resource_id = $3 where scope = $1 and key = $2';
const KEEP = 'update idempotency_record set status = $3, body = $4, headers = $5 where scope = $1 and key = $2';
const KEEP_FOR = `
  update idempotency_record set status = $2, body = $3, headers = $4 where resource_id = $1 and status is null`;

/** False when the key is bound already; waits for a transaction that is about to bind it. */
export async function bindKey(
  tx: Tx,
  bound: Key & {
    readonly mark: Buffer;
    readonly resourceId: string | null;
    readonly now: Date;
    readonly expiresAt: Date;
  },
): Promise<boolean> {
  const { scope, key, mark, resourceId, now, expiresAt } = bound;
  const rows = await tx.sql('idempotency-bind', BIND, [scope, key, mark, resourceId, now, expiresAt]);
  return rows.length === 1;
}

export function nameResource(tx: Tx, { scope, key }: Key, resourceId: string): void {
  tx.write('idempotency-name', NAME, [scope, key, resourceId]);
}

export function keepAnswer(tx: Tx, { scope, key }: Key, { status, body, headers }: KeptAnswer): void {
  tx.write('idempotency-keep', KEEP, [scope, key, status, body, JSON.stringify(headers)]);
}

/** Under every key that waits for the resource. */
export function keepAnswerFor(tx: Tx, resourceId: string, { status, body, headers }: KeptAnswer): void {
  tx.write('idempotency-keep-for', KEEP_FOR, [resourceId, status, body, JSON.stringify(headers)]);
}
