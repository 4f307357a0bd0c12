import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { Db } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { UsersFacade } from '../../users/index.js';
import { PasskeysRepository, type Passkey } from '../data/passkeys.repository.js';
import { FactorNews } from './factor-news.js';
import { ProofOfPerson, type Proof } from './proof-of-person.js';
import { SignInMethods } from './sign-in-methods.js';

/** The passkeys of whoever is signed in. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly passkeys: PasskeysRepository,
    private readonly methods: SignInMethods,
    private readonly proofs: ProofOfPerson,
    private readonly news: FactorNews,
  ) {}

  /** Oldest first. */
  list(user: SignedIn): Promise<Passkey[]> {
    return this.passkeys.list(user.userId);
  }

  /** @throws NotFoundError `passkey.not_found` (404), also for someone else's */
  rename(user: SignedIn, id: string, name: string): Promise<Passkey> {
    return this.db.transaction(async (tx) => {
      const renamed = await this.passkeys.rename(tx, user.userId, id, name);
      if (!renamed) throw new NotFoundError('passkey');
      await this.news.tell(tx, user, user.userId, { action: 'auth.passkey_renamed', after: { passkeyId: id } });
      return renamed;
    });
  }

  /**
   * @throws NotFoundError `passkey.not_found` (404), also for someone else's, LastSignInMethodError
   *   `auth.last_sign_in_method` (409), and what `ProofOfPerson.require` throws
   */
  async remove(user: SignedIn, id: string, proof: Proof): Promise<void> {
    await this.proofs.require(user, proof);
    await this.db.transaction(async (tx) => {
      await this.users.lockProfile(tx, user.userId);
      const name = await this.passkeys.delete(tx, user.userId, id);
      if (name === undefined) throw new NotFoundError('passkey');
      await this.methods.requireOne(tx, user.userId);
      await this.news.tell(tx, user, user.userId, {
        action: 'auth.passkey_removed',
        notice: 'passkey_removed',
        detail: name,
        before: { passkeyId: id },
      });
    });
  }
}
