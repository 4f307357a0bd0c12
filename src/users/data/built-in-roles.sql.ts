import type { SqlReader } from '../../platform/database/index.js';

const ENSURE = `
  insert into role (name, permissions, built_in, created_at)
  select r.name, r.permissions, true, $2::timestamptz from jsonb_to_recordset($1::jsonb) as r (name text, permissions text[])
  on conflict (name) do update set permissions = excluded.permissions, built_in = true
  where role.permissions is distinct from excluded.permissions or not role.built_in`;
const HAS_ROLE = 'select exists (select from user_role where role_name = $1) as has';

/** Makes built-in roles, or brings them up to what this release says; several processes may do so at once. */
export async function ensureRoles(
  reader: SqlReader,
  roles: Readonly<Record<string, readonly string[]>>,
  now: Date,
): Promise<void> {
  // In one order, so that two processes do not wait for each other.
  const rows = Object.entries(roles)
    .map(([name, permissions]) => ({ name, permissions }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  await reader.sql('users.roles_ensure', ENSURE, [JSON.stringify(rows), now]);
}

/** Whether anybody has the role. */
export async function isRoleHeld(reader: SqlReader, role: string): Promise<boolean> {
  const [row] = await reader.sql<{ has: boolean }>('users.role_held', HAS_ROLE, [role]);
  return row?.has === true;
}
