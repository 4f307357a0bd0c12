import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { CodeWrongError, TotpEnabledError, TotpMissingError } from '../auth.errors.js';
import { TotpRepository } from '../data/totp.repository.js';
import { FactorNews } from './factor-news.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorCodes } from './second-factor-codes.js';

/** How long a new secret waits for its first code. */
const SETUP_MS = 15 * 60_000;

/** Switches the second factor on, once a code shows that the app has the secret. */
@Injectable()
export class ConfirmTotp {
  constructor(
    private readonly db: Db,
    private readonly totp: TotpRepository,
    private readonly codes: SecondFactorCodes,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly news: FactorNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives the recovery codes, which cannot be read again.
   * @throws TotpMissingError `auth.totp_missing`, TotpEnabledError `auth.totp_enabled` (409), CodeWrongError
   *   `auth.code_wrong` (422), RateLimitedError `auth.rate_limited` (429)
   */
  async confirm(user: SignedIn, code: string): Promise<string[]> {
    const recoveryCodes = await this.codes.counted(user.userId, code, () =>
      this.db.transaction((tx) => this.check(tx, user, code)),
    );
    if (!recoveryCodes) throw new CodeWrongError();
    return recoveryCodes;
  }

  private async check(tx: Tx, user: SignedIn, code: string): Promise<string[] | undefined> {
    const now = this.clock.now();
    const stored = await this.totp.lock(tx, user.userId);
    if (stored?.confirmedAt) throw new TotpEnabledError();
    if (!stored || now.getTime() - stored.createdAt.getTime() >= SETUP_MS) throw new TotpMissingError();
    const step = this.codes.stepOf(code, stored.sealedSecret);
    if (step === undefined) return undefined;
    await this.totp.confirm(tx, user.userId, step, now);
    await this.news.tell(tx, user, user.userId, { action: 'auth.totp_enabled', notice: 'totp_enabled' });
    return this.recoveryCodes.make(tx, user.userId);
  }
}
