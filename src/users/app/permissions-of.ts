import { ALL_PERMISSIONS, type Permission } from '../../platform/access/index.js';

/** The role that holds every permission there is, those of later releases too. */
export const ADMIN_ROLE = 'admin';
/** What everyone who registers is. */
export const CUSTOMER_ROLE = 'customer';

/** The roles of every shop. They are made at start and cannot be changed. */
export const BUILT_IN_ROLES: Readonly<Record<string, readonly Permission[]>> = {
  [ADMIN_ROLE]: ALL_PERMISSIONS,
  staff: ['catalog:write', 'inventory:read', 'inventory:write', 'orders:read', 'orders:write'],
  [CUSTOMER_ROLE]: [],
};

/**
 * What a user's roles open, in the order of the list of all permissions. An administrator's are not read from the
 * database but are all that this release knows; a stored permission that it does not know any more opens nothing.
 */
export function permissionsOf(roleNames: readonly string[], stored: readonly string[]): Permission[] {
  if (roleNames.includes(ADMIN_ROLE)) return [...ALL_PERMISSIONS];
  return ALL_PERMISSIONS.filter((permission) => stored.includes(permission));
}

/** Whether somebody who holds `own` may give or take `wanted`: nobody may hand out more than they have. */
export function isWithin(wanted: readonly string[], own: ReadonlySet<string>): boolean {
  return wanted.every((permission) => own.has(permission));
}
