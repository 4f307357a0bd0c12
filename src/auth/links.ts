import { AcceptInvitation } from './app/accept-invitation.service.js';
import { AccountLinks } from './app/account-links.service.js';
import { DisownAccount } from './app/disown-account.js';
import { Invitations } from './app/invitations.service.js';
import { RequestPasswordReset } from './app/request-password-reset.service.js';
import { ResetPassword } from './app/reset-password.service.js';
import { SessionList } from './app/session-list.service.js';
import { VerifyEmail } from './app/verify-email.service.js';
import { AccountTokensRepository } from './data/account-tokens.repository.js';
import { EmailVerificationController } from './http/email-verification.controller.js';
import { InvitationsController } from './http/invitations.controller.js';
import { LinkLimits } from './http/link-limits.js';
import { PasswordResetController } from './http/password-reset.controller.js';
import { SessionsController } from './http/sessions.controller.js';

/** What confirms addresses, resets passwords and invites people by mailed links, and shows sessions: a part of `AuthModule`. */
export const linkControllers = [
  EmailVerificationController,
  PasswordResetController,
  InvitationsController,
  SessionsController,
];

export const linkProviders = [
  AccountTokensRepository,
  AccountLinks,
  VerifyEmail,
  RequestPasswordReset,
  ResetPassword,
  DisownAccount,
  Invitations,
  AcceptInvitation,
  SessionList,
  LinkLimits,
];
