/** An account can no longer be signed in to. The subject is the user's id. */
export const USER_DISABLED = 'users.disabled';

export interface UserDisabled {
  readonly userId: string;
}
