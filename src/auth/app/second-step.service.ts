import { Injectable } from '@nestjs/common';
import type { Actor, Origin } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { SecondFactorWrongError, SignInStepInvalidError } from '../auth.errors.js';
import { SignInStepsRepository, type StoredStep } from '../data/sign-in-steps.repository.js';
import { hashStepToken } from '../tokens/step-token.js';
import { FactorNews } from './factor-news.js';
import { SecondFactorCodes } from './second-factor-codes.js';
import { SessionsService, type SignInResult } from './sessions.service.js';
import { passwordMarkOf } from './sign-in.service.js';

/** Wrong codes that end a step: the sign-in begins anew, with the password. */
const MOST_WRONG = 5;

interface StepData {
  readonly method: string;
  readonly cookie: boolean;
  readonly passwordMark: string;
  readonly wrong: number;
}

type Tried =
  | { readonly kind: 'gone' }
  | { readonly kind: 'wrong'; readonly endedStep: boolean }
  | { readonly kind: 'signed_in'; readonly result: SignInResult };

/** The second step of a sign-in: a code by time or a recovery code, for the token of the first. */
@Injectable()
export class SecondStep {
  constructor(
    private readonly db: Db,
    private readonly steps: SignInStepsRepository,
    private readonly codes: SecondFactorCodes,
    private readonly sessions: SessionsService,
    private readonly users: UsersFacade,
    private readonly news: FactorNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins the session that the first step has asked for.
   * @throws SignInStepInvalidError `auth.sign_in_step_invalid`, SecondFactorWrongError `auth.second_factor_wrong` (401),
   *   RateLimitedError `auth.rate_limited` (429)
   */
  async complete(token: string, code: string, origin: Origin | undefined): Promise<SignInResult> {
    const hash = hashStepToken(token);
    const userId = await this.steps.findUser('second_factor', hash, this.clock.now());
    if (!userId) throw new SignInStepInvalidError();
    const tried = await this.codes.counted(userId, code, async () => {
      // No throwing in there: it would take the count of wrong codes back.
      const outcome = await this.db.transaction((tx) => this.attempt(tx, hash, code, origin));
      if (outcome.kind !== 'wrong') return outcome;
      if (outcome.endedStep) await this.tellOwner(userId, origin);
      return undefined;
    });
    if (!tried) throw new SecondFactorWrongError();
    if (tried.kind === 'gone') throw new SignInStepInvalidError();
    return tried.result;
  }

  private async attempt(
    tx: Tx,
    hash: Uint8Array<ArrayBuffer>,
    code: string,
    origin: Origin | undefined,
  ): Promise<Tried> {
    const step = await this.steps.lock(tx, 'second_factor', hash, this.clock.now());
    if (!step?.userId) return { kind: 'gone' };
    const data = step.data as StepData;
    const stands = await this.users.lockEnabled(tx, step.userId);
    const user = stands ? await this.users.findProfile(step.userId, tx) : undefined;
    if (!user || passwordMarkOf(await this.users.findPasswordHash(step.userId, tx)) !== data.passwordMark) {
      await this.steps.delete(tx, step.id);
      return { kind: 'gone' };
    }
    const guest = guestFrom(origin);
    if (!(await this.codes.use(tx, user.id, code, guest))) {
      await this.news.tell(tx, guest, user.id, { action: 'auth.sign_in_failed', after: { method: 'second_factor' } });
      return { kind: 'wrong', endedStep: await this.countWrong(tx, step, data) };
    }
    await this.steps.delete(tx, step.id);
    const { method, cookie } = data;
    return {
      kind: 'signed_in',
      result: await this.sessions.open(tx, user, { method, cookie, secondFactor: true, origin }),
    };
  }

  /** Gives whether that was the last. */
  private async countWrong(tx: Tx, step: StoredStep, data: StepData): Promise<boolean> {
    const wrong = data.wrong + 1;
    if (wrong < MOST_WRONG) {
      await this.steps.setData(tx, step.id, { ...data, wrong });
      return false;
    }
    await this.steps.delete(tx, step.id);
    return true;
  }

  /** Whoever got as far as this has the password. */
  private async tellOwner(userId: UserId, origin: Origin | undefined): Promise<void> {
    if (!(await this.codes.isMailDue(userId))) return;
    await this.db.transaction((tx) => this.users.tellOwner(tx, userId, 'second_factor_failed', { origin }));
  }
}

function guestFrom(origin: Origin | undefined): Actor {
  return { kind: 'guest', ...(origin ? { origin } : {}) };
}
