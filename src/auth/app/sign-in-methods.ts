import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { UsersFacade } from '../../users/index.js';
import { LastSignInMethodError } from '../passkey.errors.js';
import { PasskeysRepository } from '../data/passkeys.repository.js';
import { SignInMethodsRepository } from '../data/sign-in-methods.repository.js';

/** Keeps accounts from losing their last way of signing in. */
@Injectable()
export class SignInMethods {
  constructor(
    private readonly users: UsersFacade,
    private readonly passkeys: PasskeysRepository,
    private readonly identities: SignInMethodsRepository,
    private readonly config: Config,
  ) {}

  /**
   * Call it after the removal, with the account locked (`UsersFacade.lockProfile`) before it, so that two removals at once follow
   * each other; what it throws takes the removal back.
   * @throws LastSignInMethodError `auth.last_sign_in_method` (409)
   */
  async requireOne(tx: Tx, userId: UserId): Promise<void> {
    if ((await this.users.findPasswordHash(userId, tx)) !== undefined) return;
    if ((await this.passkeys.list(userId, tx)).length > 0) return;
    const providers = this.config.oidcProviders.map(({ name }) => name);
    if (await this.identities.hasIdentity(tx, userId, providers)) return;
    throw new LastSignInMethodError();
  }
}
