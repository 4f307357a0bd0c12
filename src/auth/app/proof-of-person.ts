import { Injectable } from '@nestjs/common';
import { sessionIdOf, type SignedIn } from '../../platform/access/index.js';
import { Db } from '../../platform/database/index.js';
import { RateLimits, requireWithinLimit, type Limit } from '../../platform/limits/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { CodeWrongError, PasswordWrongError, ProofRequiredError } from '../auth.errors.js';
import { SessionsRepository } from '../data/sessions.repository.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { SecondFactorCodes } from './second-factor-codes.js';

/** Until when after its beginning a session is itself the proof, for accounts that have neither password nor code. */
const RECENT_MS = 10 * 60_000;

/** Wrong passwords of one account that are shown as a proof. */
const WRONG_PROOFS: Limit = { name: 'wrong-proofs', points: 10, windowSeconds: 60 };

/** What the client shows: the password, or a code by time or a recovery code. Of both the password is looked at. */
export interface Proof {
  readonly password?: string | undefined;
  readonly code?: string | undefined;
}

/**
 * Asks that the person themselves is there, for what whoever has found a session open must not do: take a factor away
 * or add one, make a key, erase the account.
 */
@Injectable()
export class ProofOfPerson {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly hasher: PasswordHasher,
    private readonly codes: SecondFactorCodes,
    private readonly sessions: SessionsRepository,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * Goes through where the proof is good. A code is used up by it, so ask for it once, before the deed and outside of its transaction.
   * An account with neither password nor second factor proves itself by a session that began less than ten minutes ago.
   * @throws ProofRequiredError `auth.proof_required` (403), PasswordWrongError `auth.password_wrong`,
   *   CodeWrongError `auth.code_wrong` (422), RateLimitedError `auth.rate_limited` (429), AppError `auth.busy` (503)
   */
  async require(user: SignedIn, proof: Proof): Promise<void> {
    if (proof.password !== undefined) return this.requirePassword(user, proof.password);
    if (proof.code !== undefined) return this.requireCode(user, proof.code);
    const hasOther =
      (await this.users.findPasswordHash(user.userId)) !== undefined || (await this.codes.areAsked(user.userId));
    if (hasOther || !(await this.beganRecently(user))) throw new ProofRequiredError();
  }

  private async requirePassword(user: SignedIn, password: string): Promise<void> {
    const state = await this.limits.take(WRONG_PROOFS, user.userId);
    requireWithinLimit(state);
    const matches = await this.hasher.matches(password, await this.users.findPasswordHash(user.userId));
    if (!matches) throw new PasswordWrongError();
    await this.limits.giveBack(WRONG_PROOFS, user.userId);
  }

  private async requireCode(user: SignedIn, code: string): Promise<void> {
    const used = await this.codes.counted(user.userId, code, () =>
      this.db.transaction((tx) => this.codes.use(tx, user.userId, code, user)),
    );
    if (!used) throw new CodeWrongError();
  }

  private async beganRecently(user: SignedIn): Promise<boolean> {
    const sessionId = sessionIdOf(user);
    const beganAt = sessionId && (await this.sessions.findBeginning(sessionId));
    return beganAt !== undefined && this.clock.now().getTime() - beganAt.getTime() < RECENT_MS;
  }
}
