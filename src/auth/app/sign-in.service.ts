import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Origin } from '../../platform/access/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade, type UserProfile } from '../../users/index.js';
import { RecoveryCodesRepository } from '../data/recovery-codes.repository.js';
import { SignInStepsRepository } from '../data/sign-in-steps.repository.js';
import { TotpRepository } from '../data/totp.repository.js';
import { hashStepToken, newStepToken } from '../tokens/step-token.js';
import { SessionsService, type SignInResult } from './sessions.service.js';

/** How long the second factor may be waited for. */
const STEP_MS = 5 * 60_000;

/** How a sign-in began that has shown one factor. */
export interface FirstFactor {
  /** As `SessionBegin.method`: `password`, `oidc:<provider>`, `password_reset`, ... */
  readonly method: string;
  /** Whether the refresh token is to live in a cookie. */
  readonly cookie?: boolean;
  readonly origin: Origin | undefined;
}

export type SecondFactorMethod = 'totp' | 'recovery_code';

/** What a client gets that must show a second factor yet. */
export interface SecondFactorStep {
  readonly token: string;
  readonly methods: readonly SecondFactorMethod[];
  /** Seconds. */
  readonly expiresIn: number;
}

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly result: SignInResult }
  | { readonly kind: 'second_factor'; readonly step: SecondFactorStep };

/** Where every sign-in goes that has shown one factor: to its session, or to the question for the second. */
@Injectable()
export class SignIn {
  constructor(
    private readonly sessions: SessionsService,
    private readonly users: UsersFacade,
    private readonly totp: TotpRepository,
    private readonly recoveryCodes: RecoveryCodesRepository,
    private readonly steps: SignInStepsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens the session of an account without a second factor; of one that has it begins the step that asks for it. Who
   * calls it has seen to it, in this transaction, that the account is enabled and stays so until the end of it.
   * @param asksSecond what `asksSecondFactor` answered behind that; asked here where it is left out
   */
  async complete(tx: Tx, user: UserProfile, first: FirstFactor, asksSecond?: boolean): Promise<SignInOutcome> {
    if (asksSecond ?? (await this.asksSecondFactor(tx, user.id)))
      return { kind: 'second_factor', step: await this.ask(tx, user, first) };
    return { kind: 'signed_in', result: await this.sessions.open(tx, user, { ...first, secondFactor: false }) };
  }

  /** Whether the account has a second factor, which was confirmed. */
  async asksSecondFactor(tx: Tx, userId: UserId): Promise<boolean> {
    return Boolean((await this.totp.find(userId, tx))?.confirmedAt);
  }

  private async ask(tx: Tx, user: UserProfile, { method, cookie = false }: FirstFactor): Promise<SecondFactorStep> {
    const now = this.clock.now();
    const token = newStepToken();
    const passwordMark = passwordMarkOf(await this.users.findPasswordHash(user.id, tx));
    await this.steps.insert(
      {
        kind: 'second_factor',
        hash: hashStepToken(token),
        userId: user.id,
        data: { method, cookie, passwordMark, wrong: 0 },
        createdAt: now,
        expiresAt: new Date(now.getTime() + STEP_MS),
      },
      tx,
    );
    const codesLeft = await this.recoveryCodes.countUnused(user.id, tx);
    return { token, methods: codesLeft > 0 ? ['totp', 'recovery_code'] : ['totp'], expiresIn: STEP_MS / 1000 };
  }
}

/** Tells whether the password is still the one of the first step, without keeping its hash a second time. */
export function passwordMarkOf(passwordHash: string | undefined): string {
  return passwordHash === undefined ? '' : createHash('sha256').update(passwordHash).digest('base64url');
}
