/**
 * What each user may do, as a table expression with the columns `user_id`, `disabled`, `roles` (names) and
 * `permissions` (as stored, see `permissionsOf`). Published for auth, which joins it to its sessions, so that a
 * request is let in or not by one statement.
 */
export const USER_ACCESS = `(
  select u.id as user_id,
         u.disabled_at is not null as disabled,
         array(select ur.role_name from user_role ur where ur.user_id = u.id) as roles,
         array(select unnest(r.permissions) from user_role ur join role r on r.name = ur.role_name where ur.user_id = u.id) as permissions
    from "user" u
)`;
