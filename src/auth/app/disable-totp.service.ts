import { Injectable } from '@nestjs/common';
import type { Actor, SignedIn } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { TotpMissingError } from '../auth.errors.js';
import { RecoveryCodesRepository } from '../data/recovery-codes.repository.js';
import { SignInStepsRepository } from '../data/sign-in-steps.repository.js';
import { TotpRepository } from '../data/totp.repository.js';
import { FactorNews } from './factor-news.js';
import { ProofOfPerson, type Proof } from './proof-of-person.js';

/** Switches the second factor off. */
@Injectable()
export class DisableTotp {
  constructor(
    private readonly db: Db,
    private readonly totp: TotpRepository,
    private readonly recoveryCodes: RecoveryCodesRepository,
    private readonly steps: SignInStepsRepository,
    private readonly proofs: ProofOfPerson,
    private readonly news: FactorNews,
  ) {}

  /** @throws TotpMissingError `auth.totp_missing` (409), and what `ProofOfPerson.require` throws */
  async disable(user: SignedIn, proof: Proof): Promise<void> {
    await this.proofs.require(user, proof);
    await this.db.transaction(async (tx) => {
      if (!(await this.remove(tx, user, user.userId))) throw new TotpMissingError();
    });
  }

  /** Takes the secret, the recovery codes and the sign-ins that wait for either; false where nothing asked for codes. */
  async remove(tx: Tx, actor: Actor, userId: UserId): Promise<boolean> {
    const wasOn = await this.totp.delete(tx, userId);
    await this.recoveryCodes.deleteAll(tx, userId);
    await this.steps.deleteOf(tx, userId, 'second_factor');
    if (wasOn) await this.news.tell(tx, actor, userId, { action: 'auth.totp_disabled', notice: 'totp_disabled' });
    return wasOn;
  }
}
