export { UsersModule } from './users.module.js';
export { AccountPersons } from './app/account-persons.service.js';
export { UsersFacade } from './users.facade.js';
export {
  LINK_REQUESTED,
  SECURITY_CHANGES,
  SECURITY_NOTICE,
  USER_DISABLED,
  type LinkPurpose,
  type LinkRequested,
  type SecurityChange,
  type SecurityNotice,
  type UserDisabled,
} from './users.events.js';
export { permissionsOf } from './app/permissions-of.js';
export type { UserProfile } from './app/user-profile.js';
export { USER_ACCESS } from './data/user-access.sql.js';
export { UserResponse } from './http/dto/user.dto.js';
export { toUserResponse } from './http/users.mapper.js';
