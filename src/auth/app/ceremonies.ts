import { Injectable } from '@nestjs/common';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import type { UserProfile } from '../../users/index.js';
import { PasskeysRepository, type PasskeyKey } from '../data/passkeys.repository.js';
import { SignInStepsRepository, type StepKind } from '../data/sign-in-steps.repository.js';
import { CEREMONY_MS, WebAuthn, type RegisteredKey, type ShownKey } from '../passkeys/web-authn.js';
import { hashStepToken, newStepToken } from '../tokens/step-token.js';

export interface Begun<Options> {
  /** Comes back with the browser's answer. */
  readonly token: string;
  readonly options: Options;
}

/** A key that signs in, with what it has shown. */
export interface ShownKeyOf {
  readonly key: PasskeyKey;
  readonly shown: ShownKey;
}

/** The two halves of what WebAuthn calls a ceremony: options with a challenge, and the answer to that challenge, once. */
@Injectable()
export class Ceremonies {
  constructor(
    private readonly webAuthn: WebAuthn,
    private readonly passkeys: PasskeysRepository,
    private readonly steps: SignInStepsRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws PasskeysOffError `auth.passkeys_off` (409) */
  async beginRegistration(user: UserProfile): Promise<Begun<PublicKeyCredentialCreationOptionsJSON>> {
    const options = await this.webAuthn.registrationOptions(user, await this.passkeys.list(user.id));
    return { token: await this.keep('passkey_registration', options.challenge, user.id), options };
  }

  /** @throws PasskeysOffError `auth.passkeys_off` (409) */
  async beginSignIn(): Promise<Begun<PublicKeyCredentialRequestOptionsJSON>> {
    const options = await this.webAuthn.signInOptions();
    return { token: await this.keep('passkey_sign_in', options.challenge), options };
  }

  /** The key that the account's browser has made; undefined for an answer that is not good, or comes a second time. */
  async endRegistration(
    userId: UserId,
    token: string,
    response: RegistrationResponseJSON,
  ): Promise<RegisteredKey | undefined> {
    const step = await this.steps.take('passkey_registration', hashStepToken(token), this.clock.now());
    if (step?.userId !== userId) return undefined;
    return this.webAuthn.verifyRegistration(response, challengeOf(step.data));
  }

  /** The key that signs in, with what it has shown; undefined for an answer that is not good, or comes a second time. */
  async endSignIn(token: string, response: AuthenticationResponseJSON): Promise<ShownKeyOf | undefined> {
    const step = await this.steps.take('passkey_sign_in', hashStepToken(token), this.clock.now());
    const key = step && (await this.passkeys.findKey(response.id));
    const shown = key && (await this.webAuthn.verifySignIn(response, challengeOf(step.data), key));
    return shown && { key, shown };
  }

  private async keep(kind: StepKind, challenge: string, userId?: UserId): Promise<string> {
    const token = newStepToken();
    const now = this.clock.now();
    await this.steps.insert({
      kind,
      hash: hashStepToken(token),
      ...(userId === undefined ? {} : { userId }),
      data: { challenge },
      createdAt: now,
      expiresAt: new Date(now.getTime() + CEREMONY_MS),
    });
    return token;
  }
}

function challengeOf(data: unknown): string {
  return (data as { readonly challenge: string }).challenge;
}
