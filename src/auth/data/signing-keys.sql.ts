import type { SqlReader, Tx } from '../../platform/database/index.js';

export interface SigningKeyRow {
  readonly id: string;
  readonly sealedPrivateKey: string;
  readonly signsFrom: Date;
  readonly retiredAt: Date | null;
  readonly [column: string]: unknown;
}

const LOCK = `select pg_advisory_xact_lock(hashtextextended('backroom signing keys', 0))`;
const LIST_LIVING = `
  select id, sealed_private_key as "sealedPrivateKey", signs_from as "signsFrom", retired_at as "retiredAt"
  from signing_key where retired_at is null or retired_at > $1 order by signs_from, id collate "C"`;

/** One process at a time changes the keys; held until the transaction ends. */
export async function lockSigningKeys(tx: Tx): Promise<void> {
  await tx.sql('auth.signing_keys_lock', LOCK, []);
}

/** Those whose tokens are good at this time, the one that signs first at the front. Asked at every start, before Prisma is needed. */
export function listLivingKeys(reader: SqlReader, now: Date): Promise<SigningKeyRow[]> {
  return reader.sql<SigningKeyRow>('auth.signing_keys', LIST_LIVING, [now]);
}
