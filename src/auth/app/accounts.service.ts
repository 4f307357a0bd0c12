import { Injectable } from '@nestjs/common';
import type { Origin } from '../../platform/access/index.js';
import { Db } from '../../platform/database/index.js';
import { UsersFacade } from '../../users/index.js';
import { CredentialsInvalidError } from '../auth.errors.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { AccountLinks } from './account-links.service.js';
import { FailedSignIns } from './failed-sign-ins.js';
import { SessionsService, type SignInResult } from './sessions.service.js';
import { SignIn, type SignInOutcome } from './sign-in.service.js';

interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Whether the refresh token is to live in a cookie. */
  readonly cookie?: boolean;
}

interface Registration extends Credentials {
  readonly name: string;
}

/** Registering and signing in with a password. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly signIns: SignIn,
    private readonly links: AccountLinks,
    private readonly failures: FailedSignIns,
  ) {}

  /**
   * Makes a customer's account, mails a link to confirm its address, and signs it in.
   * @throws InvalidError `auth.password_weak` (422), EmailTakenError `users.email_taken` (409), AppError `auth.busy` (503)
   */
  async register(
    { email, name, password, cookie = false }: Registration,
    origin: Origin | undefined,
  ): Promise<SignInResult> {
    const passwordHash = await this.hasher.hashChosen(password, email);
    return this.db.transaction(async (tx) => {
      const user = await this.users.createCustomer(tx, { email, name, passwordHash });
      await this.links.issue(tx, { user, email: user.email, purpose: 'verify_email' });
      return this.sessions.open(tx, user, { method: 'registration', secondFactor: false, cookie, origin });
    });
  }

  /**
   * Begins a session, or the step that asks for the second factor. Unknown address, wrong password and disabled account cannot be told apart, in the answer or by time.
   * @throws CredentialsInvalidError `auth.credentials_invalid` (401), AppError `auth.busy` (503)
   */
  async signIn({ email, password, cookie = false }: Credentials, origin: Origin | undefined): Promise<SignInOutcome> {
    const credentials = await this.users.findCredentials(email);
    const matches = await this.hasher.matches(password, credentials?.passwordHash);
    if (credentials && !matches) this.failures.note(credentials.userId, origin);
    if (!credentials || !matches) throw new CredentialsInvalidError();
    return this.db.transaction(async (tx) => {
      // The second factor is read behind the lock, and nobody waits in between.
      const [user, asksSecond] = await Promise.all([
        this.users.lockForSignIn(tx, credentials),
        this.signIns.asksSecondFactor(tx, credentials.userId),
      ]);
      if (!user) throw new CredentialsInvalidError();
      return this.signIns.complete(tx, user, { method: 'password', cookie, origin }, asksSecond);
    });
  }
}
