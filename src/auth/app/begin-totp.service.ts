import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { Db } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { TokenInvalidError, TotpEnabledError } from '../auth.errors.js';
import { TotpRepository } from '../data/totp.repository.js';
import { newTotpSecret, totpUri } from '../second-factor/totp-code.js';
import { ProofOfPerson, type Proof } from './proof-of-person.js';
import { SecondFactorCodes } from './second-factor-codes.js';

export interface NewTotp {
  /** Base32. */
  readonly secret: string;
  /** For a QR code. */
  readonly uri: string;
}

/** Makes the secret of an authenticator app. Nothing asks for its codes before one of them has been shown. */
@Injectable()
export class BeginTotp {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly totp: TotpRepository,
    private readonly codes: SecondFactorCodes,
    private readonly proofs: ProofOfPerson,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws TotpEnabledError `auth.totp_enabled` (409), and what `ProofOfPerson.require` throws */
  async begin(user: SignedIn, proof: Proof): Promise<NewTotp> {
    if (await this.codes.areAsked(user.userId)) throw new TotpEnabledError();
    await this.proofs.require(user, proof);
    const profile = await this.users.findProfile(user.userId);
    if (!profile) throw new TokenInvalidError();
    const secret = newTotpSecret();
    const sealed = this.codes.sealSecret(secret);
    const begun = await this.db.transaction((tx) => this.totp.begin(tx, user.userId, sealed, this.clock.now()));
    if (!begun) throw new TotpEnabledError();
    return { secret, uri: totpUri(secret, this.config.shopName, profile.email) };
  }
}
