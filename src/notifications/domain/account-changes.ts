/** What can happen to an account that its owner is told of. */
export type AccountChange =
  | 'password_changed'
  | 'password_reset'
  | 'email_change_requested'
  | 'email_changed'
  | 'email_verified'
  | 'totp_enabled'
  | 'totp_disabled'
  | 'recovery_codes_made'
  | 'recovery_code_used'
  | 'second_factor_failed'
  | 'passkey_added'
  | 'passkey_removed'
  | 'identity_linked'
  | 'identity_unlinked'
  | 'sessions_ended'
  | 'refresh_token_reused'
  | 'roles_changed'
  | 'account_disabled'
  | 'account_enabled'
  | 'api_key_made'
  | 'api_key_rotated'
  | 'api_key_revoked'
  | 'account_erased';

export interface ChangeWords {
  readonly subject: string;
  readonly says: string;
  readonly advice: string;
}

/** For what the owner does themselves. */
const UNLESS_YOU =
  'If this was not you, somebody else has got into your account: set a new password at once, and end all sessions.';
/** For what others do, and for what cannot be undone. */
const ASK_US = 'If you did not expect this, please get in touch with us.';

/** The words of each mail. */
export const ACCOUNT_CHANGES: Readonly<Record<AccountChange, ChangeWords>> = {
  password_changed: {
    subject: 'Your password was changed',
    says: 'The password of your account was changed, and all its other sessions were ended.',
    advice: UNLESS_YOU,
  },
  password_reset: {
    subject: 'Your password was reset',
    says: 'A new password was set for your account by a link that we mailed to you, and all its sessions were ended.',
    advice: UNLESS_YOU,
  },
  email_change_requested: {
    subject: 'Your e-mail address is to be changed',
    says: 'Another e-mail address was given for your account. It counts once it is confirmed by the link that we mailed to it.',
    advice: UNLESS_YOU,
  },
  email_changed: {
    subject: 'Your e-mail address was changed',
    says: 'Your account has another e-mail address now. This is the last mail about it to this one.',
    advice: 'If this was not you, please get in touch with us at once.',
  },
  email_verified: {
    subject: 'Your e-mail address is confirmed',
    says: 'This address is now the one of your account.',
    advice: UNLESS_YOU,
  },
  totp_enabled: {
    subject: 'Signing in now takes a code',
    says: 'A second factor was set up for your account: signing in takes a code from your authenticator app.',
    advice: UNLESS_YOU,
  },
  totp_disabled: {
    subject: 'Signing in takes no code any more',
    says: 'The second factor of your account, the codes from an authenticator app, was taken away.',
    advice: UNLESS_YOU,
  },
  recovery_codes_made: {
    subject: 'You have new recovery codes',
    says: 'New recovery codes were made for your account. The earlier ones are no longer good.',
    advice: UNLESS_YOU,
  },
  recovery_code_used: {
    subject: 'A recovery code was used',
    says: 'One of the recovery codes of your account was used in place of a code from your authenticator app. It is used up.',
    advice: UNLESS_YOU,
  },
  second_factor_failed: {
    subject: 'Somebody knows your password',
    says: 'A sign-in to your account gave the right password and then five wrong codes. It was refused.',
    advice: 'If this was not you, set a new password at once: the code is all that keeps whoever it was out.',
  },
  passkey_added: {
    subject: 'A passkey was added',
    says: 'A passkey was added to your account. It can be used to sign in.',
    advice: UNLESS_YOU,
  },
  passkey_removed: {
    subject: 'A passkey was removed',
    says: 'A passkey of your account was removed. It can no longer be used to sign in.',
    advice: UNLESS_YOU,
  },
  identity_linked: {
    subject: 'Another way to sign in was added',
    says: 'An account at another provider was linked to yours. It can be used to sign in.',
    advice: UNLESS_YOU,
  },
  identity_unlinked: {
    subject: 'A way to sign in was removed',
    says: 'An account at another provider is no longer linked to yours. It can no longer be used to sign in.',
    advice: UNLESS_YOU,
  },
  sessions_ended: {
    subject: 'You were signed out',
    says: 'Sessions of your account were ended. Whoever used them has to sign in again.',
    advice: UNLESS_YOU,
  },
  refresh_token_reused: {
    subject: 'A session was ended for your safety',
    says: 'A session of your account was ended, because a key to it was used twice: a copy of it may be in other hands.',
    advice: 'If you signed in from somewhere you do not trust, set a new password and end all sessions.',
  },
  roles_changed: {
    subject: 'What you may do was changed',
    says: 'The roles of your account were changed. What it may do has changed with them.',
    advice: ASK_US,
  },
  account_disabled: {
    subject: 'Your account was disabled',
    says: 'Your account was disabled. Nobody can sign in to it.',
    advice: ASK_US,
  },
  account_enabled: {
    subject: 'Your account was enabled',
    says: 'Your account was enabled. You can sign in to it again.',
    advice: ASK_US,
  },
  api_key_made: {
    subject: 'An API key was made',
    says: 'An API key was made for your account. Programs can use it to act for you.',
    advice: UNLESS_YOU,
  },
  api_key_rotated: {
    subject: 'An API key was renewed',
    says: 'An API key of your account got a new secret. The earlier one stops working.',
    advice: UNLESS_YOU,
  },
  api_key_revoked: {
    subject: 'An API key was revoked',
    says: 'An API key of your account was revoked. Programs can no longer use it.',
    advice: UNLESS_YOU,
  },
  account_erased: {
    subject: 'Your account was erased',
    says: 'Your account was erased with what we held on you. What the law has us keep of orders stays.',
    advice: ASK_US,
  },
};
