import type { SqlReader } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';

/** So many tell where somebody lives and works. */
const LATEST_SESSIONS = 100;
/** Not of sessions that were ended as being in wrong hands. */
const LIST = `
  select distinct address from (
    select address from session
    where user_id = $1 and address is not null and (revoke_reason is null or revoke_reason = 'signed_out')
    order by id desc limit ${LATEST_SESSIONS}) latest`;

/** From where the account's latest sessions came, each address once, in no order. Asked at every sign-in with a password. */
export async function listFamiliarAddresses(reader: SqlReader, userId: UserId): Promise<string[]> {
  const rows = await reader.sql<{ address: string }>('auth.familiar_addresses', LIST, [userId]);
  return rows.map(({ address }) => address);
}
