import type { UserProfile } from '../app/user-profile.js';
import type { UserResponse } from './dto/user.dto.js';

export function toUserResponse(user: UserProfile): UserResponse {
  return {
    id: user.id,
    email: user.email,
    emailVerified: user.emailVerified,
    name: user.name,
    roles: [...user.roles],
    permissions: [...user.permissions],
    disabled: user.disabled,
    version: user.version,
    createdAt: user.createdAt.toISOString(),
  };
}
