/** An account can no longer be signed in to. The subject is the user's id. */
export const USER_DISABLED = 'users.disabled';

export interface UserDisabled {
  readonly userId: string;
}

/** Something happened to an account that its owner should know of, whoever did it. The subject is the user's id. */
export const SECURITY_NOTICE = 'users.security_notice';

export const SECURITY_CHANGES = [
  'password_changed',
  'password_reset',
  'email_change_requested',
  'email_changed',
  'email_verified',
  'totp_enabled',
  'totp_disabled',
  'recovery_codes_made',
  'recovery_code_used',
  'second_factor_failed',
  'passkey_added',
  'passkey_removed',
  'identity_linked',
  'identity_unlinked',
  'sessions_ended',
  'refresh_token_reused',
  'roles_changed',
  'account_disabled',
  'account_enabled',
  'api_key_made',
  'api_key_rotated',
  'api_key_revoked',
  'account_erased',
] as const;

export type SecurityChange = (typeof SECURITY_CHANGES)[number];

export interface SecurityNotice {
  readonly userId: string;
  /** Where the mail goes: the address at the time, of an address that was changed the one before. */
  readonly email: string;
  readonly name: string;
  /** Whether the reader has shown to read mails at the address: to others go no words of whoever gave it. */
  readonly confirmed: boolean;
  readonly change: SecurityChange;
  /** What it was done with or to, such as the name of a passkey; words for the reader. */
  readonly detail?: string;
  readonly userAgent?: string;
}

/** A link is owed to an account's address. The token stands in it sealed (`Sealer`, purpose `mail-link`): the mail is the only place where it can be read. */
export const LINK_REQUESTED = 'users.link_requested';

export type LinkPurpose = 'verify_email' | 'reset_password' | 'invitation';

export interface LinkRequested {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly purpose: LinkPurpose;
  readonly sealedToken: string;
  /** ISO 8601 */
  readonly expiresAt: string;
}
