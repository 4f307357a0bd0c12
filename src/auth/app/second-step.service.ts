import { Injectable } from '@nestjs/common';
import type { Origin } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { SecondFactorWrongError, SignInStepInvalidError } from '../auth.errors.js';
import { SignInStepsRepository, type StoredStep } from '../data/sign-in-steps.repository.js';
import { hashStepToken } from '../tokens/step-token.js';
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

type Tried = { readonly kind: 'gone' } | { readonly kind: 'signed_in'; readonly result: SignInResult };

/** The second step of a sign-in: a code by time or a recovery code, for the token of the first. */
@Injectable()
export class SecondStep {
  constructor(
    private readonly db: Db,
    private readonly steps: SignInStepsRepository,
    private readonly codes: SecondFactorCodes,
    private readonly sessions: SessionsService,
    private readonly users: UsersFacade,
    private readonly audit: AuditLog,
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
    // No throwing in there: it would take the count of wrong codes back.
    const tried = await this.codes.counted(userId, code, () =>
      this.db.transaction((tx) => this.attempt(tx, hash, code, origin)),
    );
    if (!tried) throw new SecondFactorWrongError();
    if (tried.kind === 'gone') throw new SignInStepInvalidError();
    return tried.result;
  }

  /** Undefined for a wrong code. */
  private async attempt(
    tx: Tx,
    hash: Uint8Array<ArrayBuffer>,
    code: string,
    origin: Origin | undefined,
  ): Promise<Tried | undefined> {
    const step = await this.steps.lock(tx, 'second_factor', hash, this.clock.now());
    if (!step?.userId) return { kind: 'gone' };
    const data = step.data as StepData;
    const stands = await this.users.lockEnabled(tx, step.userId);
    const user = stands ? await this.users.findProfile(step.userId, tx) : undefined;
    if (!user || passwordMarkOf(await this.users.findPasswordHash(step.userId, tx)) !== data.passwordMark) {
      await this.steps.delete(tx, step.id);
      return { kind: 'gone' };
    }
    const guest = { kind: 'guest', ...(origin ? { origin } : {}) } as const;
    if (!(await this.codes.use(tx, user.id, code, guest))) {
      await this.countWrong(tx, step, data);
      const subject = { type: 'user', id: user.id };
      await this.audit.record(tx, guest, { action: 'auth.sign_in_failed', subject, after: { method: 'second_factor' } });
      return undefined;
    }
    await this.steps.delete(tx, step.id);
    const { method, cookie } = data;
    return {
      kind: 'signed_in',
      result: await this.sessions.open(tx, user, { method, cookie, secondFactor: true, origin }),
    };
  }

  private async countWrong(tx: Tx, step: StoredStep, data: StepData): Promise<void> {
    const wrong = data.wrong + 1;
    if (wrong >= MOST_WRONG) await this.steps.delete(tx, step.id);
    else await this.steps.setData(tx, step.id, { ...data, wrong });
  }
}
