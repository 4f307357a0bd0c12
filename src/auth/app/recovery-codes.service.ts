import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { TotpMissingError } from '../auth.errors.js';
import { RecoveryCodesRepository } from '../data/recovery-codes.repository.js';
import { TotpRepository } from '../data/totp.repository.js';
import { hashRecoveryCode, newRecoveryCodes } from '../second-factor/recovery-code.js';
import { FactorNews } from './factor-news.js';
import { ProofOfPerson, type Proof } from './proof-of-person.js';

/** Codes for the day when the authenticator app is lost. */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly db: Db,
    private readonly codes: RecoveryCodesRepository,
    private readonly totp: TotpRepository,
    private readonly proofs: ProofOfPerson,
    private readonly news: FactorNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes ten new ones in place of those there were.
   * @throws TotpMissingError `auth.totp_missing` (409), and what `ProofOfPerson.require` throws
   */
  async renew(user: SignedIn, proof: Proof): Promise<string[]> {
    await this.proofs.require(user, proof);
    return this.db.transaction(async (tx) => {
      // Held, so that two who make new ones follow each other, and none is made beside the end of the second factor.
      if (!(await this.totp.lock(tx, user.userId))?.confirmedAt) throw new TotpMissingError();
      await this.news.tell(tx, user, user.userId, {
        action: 'auth.recovery_codes_made',
        notice: 'recovery_codes_made',
      });
      return this.make(tx, user.userId);
    });
  }

  /** The same for whoever has seen to all else, with the account's TOTP locked. */
  async make(tx: Tx, userId: UserId): Promise<string[]> {
    const codes = newRecoveryCodes();
    const hashes = codes.map(hashRecoveryCode).filter((hash) => hash !== undefined);
    await this.codes.replaceAll(tx, userId, hashes, this.clock.now());
    return codes;
  }
}
