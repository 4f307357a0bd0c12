import type { SqlReader } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';

export interface StoredTotp extends Record<string, unknown> {
  readonly sealedSecret: string;
  /** Null: begun, but no code of it was shown yet. */
  readonly confirmedAt: Date | null;
  readonly createdAt: Date;
}

const FIND = `
  select sealed_secret as "sealedSecret", confirmed_at as "confirmedAt", created_at as "createdAt" from totp where user_id = $1`;

/** The account's secret, sealed, whether it was confirmed or not. */
export async function findTotp(reader: SqlReader, userId: UserId): Promise<StoredTotp | undefined> {
  const [row] = await reader.sql<StoredTotp>('auth.totp', FIND, [userId]);
  return row;
}
