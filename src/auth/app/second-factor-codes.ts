import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import type { SqlReader, Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { RateLimits, requireWithinLimit, type Limit } from '../../platform/limits/index.js';
import { Sealer } from '../../platform/sealing/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { RecoveryCodesRepository } from '../data/recovery-codes.repository.js';
import { TotpRepository } from '../data/totp.repository.js';
import { hashRecoveryCode } from '../second-factor/recovery-code.js';
import { isTotpForm, totpStepOf } from '../second-factor/totp-code.js';

/** What TOTP secrets are sealed for. */
const TOTP_SEAL = 'totp';

/**
 * Wrong codes by time of one account, whoever tries them and in however many sign-ins. Three codes of a million are good
 * at a time: whoever has the password guesses one in a year with less than three chances in a hundred. A recovery code cannot be
 * guessed, is not counted, and so lets the owner in meanwhile.
 */
const WRONG_CODES: Limit = { name: 'wrong-codes', points: 20, windowSeconds: 86_400 };

/** Mails on sign-ins that ended with wrong codes: the first tell all that there is to tell. */
const FAILURE_MAILS: Limit = { name: 'second-factor-mails', points: 3, windowSeconds: 86_400 };

/** Checks a code by time or a recovery code; each is good once. */
@Injectable()
export class SecondFactorCodes {
  constructor(
    private readonly totp: TotpRepository,
    private readonly recoveryCodes: RecoveryCodesRepository,
    private readonly sealer: Sealer,
    private readonly limits: RateLimits,
    private readonly users: UsersFacade,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Whether sign-ins of the account ask for a code. */
  async areAsked(userId: UserId, reader?: SqlReader): Promise<boolean> {
    return Boolean((await this.totp.find(userId, reader))?.confirmedAt);
  }

  /**
   * Does `work`, which tries the code, unless too many wrong ones were tried for the account. A try is counted before it is
   * made, so that many at once are no way around; a right one, which is what `work` gives anything for, is taken back.
   * @throws RateLimitedError `auth.rate_limited` (429), and what `work` throws
   */
  async counted<T>(userId: UserId, code: string, work: () => Promise<T | undefined>): Promise<T | undefined> {
    if (!isTotpForm(code)) return work();
    requireWithinLimit(await this.limits.take(WRONG_CODES, userId));
    const outcome = await work();
    if (outcome !== undefined) await this.limits.giveBack(WRONG_CODES, userId);
    return outcome;
  }

  /** Whether the owner is to be told once more, today, that somebody with the password got no further. */
  async isMailDue(userId: UserId): Promise<boolean> {
    return (await this.limits.take(FAILURE_MAILS, userId))?.exceeded !== true;
  }

  /** Uses the code up, and says which kind it was; undefined when it is wrong or used, or the account has no second factor. */
  async use(tx: Tx, userId: UserId, code: string, actor: Actor): Promise<'totp' | 'recovery_code' | undefined> {
    const totp = await this.totp.find(userId, tx);
    if (!totp?.confirmedAt) return undefined;
    const step = this.stepOf(code, totp.sealedSecret);
    if (step !== undefined) return (await this.totp.useStep(tx, userId, step)) ? 'totp' : undefined;
    const hash = hashRecoveryCode(code);
    if (!hash || !(await this.recoveryCodes.use(tx, userId, hash, this.clock.now()))) return undefined;
    const left = await this.recoveryCodes.countUnused(userId, tx);
    const subject = { type: 'user', id: userId };
    await this.audit.record(tx, actor, {
      action: 'auth.recovery_code_used',
      subject,
      after: { recoveryCodesLeft: left },
    });
    const detail = left === 1 ? '1 code is left' : `${left} codes are left`;
    await this.users.tellOwner(tx, userId, 'recovery_code_used', { detail, origin: actor.origin });
    return 'recovery_code';
  }

  /** What the database keeps of a secret. */
  sealSecret(secret: string): string {
    return this.sealer.seal(TOTP_SEAL, secret);
  }

  /** The time step of a code of this secret; undefined for a wrong code, and where the secret cannot be opened any more. */
  stepOf(code: string, sealedSecret: string): bigint | undefined {
    if (!isTotpForm(code)) return undefined;
    const secret = this.sealer.open(TOTP_SEAL, sealedSecret);
    return secret === undefined ? undefined : totpStepOf(code, secret, this.clock.now());
  }
}
