import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { SignedIn } from '../../platform/access/index.js';
import { Db } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { TokenInvalidError } from '../auth.errors.js';
import { PasskeyRefusedError, TooManyPasskeysError } from '../passkey.errors.js';
import { PasskeysRepository, type Passkey } from '../data/passkeys.repository.js';
import { Ceremonies, type Begun } from './ceremonies.js';
import { FactorNews } from './factor-news.js';
import { ProofOfPerson, type Proof } from './proof-of-person.js';

const MOST_PASSKEYS = 20;

/** A passkey as the browser made it, and what its owner calls it. */
export interface MadePasskey {
  readonly token: string;
  readonly name: string;
  readonly response: RegistrationResponseJSON;
}

/** Adds a passkey to the account of whoever is signed in. */
@Injectable()
export class PasskeyRegistration {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly passkeys: PasskeysRepository,
    private readonly ceremonies: Ceremonies,
    private readonly proofs: ProofOfPerson,
    private readonly news: FactorNews,
    private readonly clock: Clock,
  ) {}

  /** @throws PasskeysOffError `auth.passkeys_off` (409), and what `ProofOfPerson.require` throws */
  async begin(user: SignedIn, proof: Proof): Promise<Begun<PublicKeyCredentialCreationOptionsJSON>> {
    await this.proofs.require(user, proof);
    const profile = await this.users.findProfile(user.userId);
    if (!profile) throw new TokenInvalidError();
    return this.ceremonies.beginRegistration(profile);
  }

  /**
   * @throws PasskeyRefusedError `auth.passkey_refused` (422), PasskeyKnownError `auth.passkey_known`, TooManyPasskeysError
   *   `auth.too_many_passkeys` (409)
   */
  async finish(user: SignedIn, { token, name, response }: MadePasskey): Promise<Passkey> {
    const key = await this.ceremonies.endRegistration(user.userId, token, response);
    if (!key) throw new PasskeyRefusedError();
    return this.db.transaction(async (tx) => {
      await this.users.lockProfile(tx, user.userId);
      if ((await this.passkeys.list(user.userId, tx)).length >= MOST_PASSKEYS)
        throw new TooManyPasskeysError(MOST_PASSKEYS);
      const transports = response.response.transports ?? [];
      const passkey = await this.passkeys.insert(tx, {
        ...key,
        userId: user.userId,
        name,
        transports,
        createdAt: this.clock.now(),
      });
      const after = { passkeyId: passkey.id, backedUp: passkey.backedUp };
      await this.news.tell(tx, user, user.userId, {
        action: 'auth.passkey_added',
        notice: 'passkey_added',
        detail: name,
        after,
      });
      return passkey;
    });
  }
}
