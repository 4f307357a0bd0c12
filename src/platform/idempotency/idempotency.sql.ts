import { asJson, type RowsStatement, type Tx } from '../database/index.js';
import type { KeptAnswer, KeyUse } from './kept-answer.js';

type Key = Pick<KeyUse, 'scope' | 'key'>;

/** In the order of the keys, so that two that bind the same ones do not wait for each other. */
const BIND = `
  insert into idempotency_record (scope, key, fingerprint, resource_id, created_at, expires_at)
  select k.scope, k.key, k.mark, k.resource_id, $5, $6
  from unnest((select $1::text[]), (select $2::text[]), (select $3::bytea[]), (select $4::uuid[])) as k (scope, key, mark, resource_id)
  order by k.scope, k.key
  on conflict (scope, key) do nothing returning scope, key`;
const NAME = 'update idempotency_record set resource_id = $3 where scope = $1 and key = $2';
const KEEP = 'update idempotency_record set status = $3, body = $4, headers = $5 where scope = $1 and key = $2';
const KEEP_FOR: RowsStatement<KeptAnswer & { readonly resourceId: string }> = {
  name: 'idempotency-keep-for',
  text: `
  update idempotency_record r set status = k.status, body = k.body, headers = k.headers
  from jsonb_to_recordset($1::jsonb) as k ("resourceId" uuid, status int, body text, headers jsonb)
  where r.resource_id = k."resourceId" and r.status is null`,
  values: asJson,
  key: ({ resourceId }) => resourceId,
};
const FORGET_FOR = 'delete from idempotency_record where resource_id = $1 and status is null';

export interface BoundKey extends Key {
  readonly mark: Buffer;
  readonly resourceId: string | null;
}

/**
 * Binds keys, each of them once; waits for transactions that are about to bind one.
 * @returns of each, in their order, whether it was free
 */
export async function bindKeys(tx: Tx, keys: readonly BoundKey[], now: Date, expiresAt: Date): Promise<boolean[]> {
  const rows = await tx.sql<Key>('idempotency-bind', BIND, [
    ...[keys.map(({ scope }) => scope), keys.map(({ key }) => key)],
    ...[keys.map(({ mark }) => mark), keys.map(({ resourceId }) => resourceId), now, expiresAt],
  ]);
  const free = new Set(rows.map(({ scope, key }) => JSON.stringify([scope, key])));
  return keys.map(({ scope, key }) => free.has(JSON.stringify([scope, key])));
}

export function nameResource(tx: Tx, { scope, key }: Key, resourceId: string): void {
  tx.write('idempotency-name', NAME, [scope, key, resourceId]);
}

export function keepAnswer(tx: Tx, { scope, key }: Key, { status, body, headers }: KeptAnswer): void {
  tx.write('idempotency-keep', KEEP, [scope, key, status, body, JSON.stringify(headers)]);
}

/** Under every key that waits for the resource. */
export function keepAnswerFor(tx: Tx, resourceId: string, answer: KeptAnswer): void {
  tx.writeRow(KEEP_FOR, { resourceId, ...answer });
}

/** Frees every key that waits for the resource. */
export function forgetKeysFor(tx: Tx, resourceId: string): void {
  tx.write('idempotency-forget-for', FORGET_FOR, [resourceId]);
}
