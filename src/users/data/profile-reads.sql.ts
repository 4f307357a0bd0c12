import type { SqlReader, Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { permissionsOf } from '../app/permissions-of.js';
import type { Credentials, UserProfile } from '../app/user-profile.js';

interface ProfileRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly email_verified: boolean;
  readonly disabled: boolean;
  readonly erased: boolean;
  readonly version: number;
  readonly created_at: Date;
  readonly roles: string[];
  readonly permissions: string[];
  readonly [column: string]: unknown;
}

/** Names sort by their bytes, whatever the database's language. */
const PROFILE = `u.id, u.email::text as email, u.name, u.email_verified_at is not null as email_verified, u.disabled_at is not null as disabled,
  u.erased_at is not null as erased, u.version, u.created_at,
  array(select ur.role_name from user_role ur where ur.user_id = u.id order by ur.role_name collate "C") as roles,
  array(select unnest(r.permissions) from user_role ur join role r on r.name = ur.role_name where ur.user_id = u.id) as permissions`;

const FIND = `select ${PROFILE} from "user" u where u.id = $1`;
const LOCK_FOR_SIGN_IN = `
  select ${PROFILE} from "user" u where u.id = $1 and u.password_hash = $2 and u.disabled_at is null for share of u`;
const FIND_CREDENTIALS = 'select id, password_hash from "user" where email = $1::citext and password_hash is not null';

/** An account with its roles and what they open. */
export async function findProfile(reader: SqlReader, id: string): Promise<UserProfile | undefined> {
  const [row] = await reader.sql<ProfileRow>('users.profile', FIND, [id]);
  return row && toProfile(row);
}

/**
 * The account, if it can still be signed in to with this hash; until the transaction ends it can neither be disabled nor get another
 * password.
 */
export async function lockForSignIn(tx: Tx, credentials: Credentials): Promise<UserProfile | undefined> {
  const values = [credentials.userId, credentials.passwordHash];
  const [row] = await tx.sql<ProfileRow>('users.lock_for_sign_in', LOCK_FOR_SIGN_IN, values);
  return row && toProfile(row);
}

/** Without regard to capitals. Undefined, too, for an account without a password. */
export async function findCredentials(reader: SqlReader, email: string): Promise<Credentials | undefined> {
  const [row] = await reader.sql<{ id: string; password_hash: string }>('users.credentials', FIND_CREDENTIALS, [email]);
  return row && { userId: row.id as UserId, passwordHash: row.password_hash };
}

function toProfile(row: ProfileRow): UserProfile {
  return {
    id: row.id as UserId,
    email: row.email,
    emailVerified: row.email_verified,
    name: row.name,
    roles: row.roles,
    permissions: permissionsOf(row.roles, row.permissions),
    disabled: row.disabled,
    erased: row.erased,
    version: row.version,
    createdAt: row.created_at,
  };
}
