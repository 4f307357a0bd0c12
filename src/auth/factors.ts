import type { Provider, Type } from '@nestjs/common';
import { BeginTotp } from './app/begin-totp.service.js';
import { Ceremonies } from './app/ceremonies.js';
import { ConfirmTotp } from './app/confirm-totp.service.js';
import { DisableTotp } from './app/disable-totp.service.js';
import { FactorNews } from './app/factor-news.js';
import { FactorsService } from './app/factors.service.js';
import { PasskeyRegistration } from './app/passkey-registration.service.js';
import { PasskeySignIn } from './app/passkey-sign-in.service.js';
import { PasskeysService } from './app/passkeys.service.js';
import { ProofOfPerson } from './app/proof-of-person.js';
import { RecoveryCodesService } from './app/recovery-codes.service.js';
import { ResetFactors } from './app/reset-factors.service.js';
import { SecondFactorCodes } from './app/second-factor-codes.js';
import { SecondStep } from './app/second-step.service.js';
import { SignInMethods } from './app/sign-in-methods.js';
import { PasskeysRepository } from './data/passkeys.repository.js';
import { RecoveryCodesRepository } from './data/recovery-codes.repository.js';
import { SignInMethodsRepository } from './data/sign-in-methods.repository.js';
import { TotpRepository } from './data/totp.repository.js';
import { FactorsController } from './http/factors.controller.js';
import { PasskeySignInController } from './http/passkey-sign-in.controller.js';
import { PasskeysController } from './http/passkeys.controller.js';
import { SecondStepController } from './http/second-step.controller.js';
import { UserFactorsController } from './http/user-factors.controller.js';
import { WebAuthn } from './passkeys/web-authn.js';

/** The part of auth that is about second factors and passkeys. */
export const factorControllers: Type[] = [
  SecondStepController,
  FactorsController,
  PasskeySignInController,
  PasskeysController,
  UserFactorsController,
];

export const factorProviders: Provider[] = [
  TotpRepository,
  RecoveryCodesRepository,
  PasskeysRepository,
  SecondFactorCodes,
  SecondStep,
  ProofOfPerson,
  FactorNews,
  FactorsService,
  BeginTotp,
  ConfirmTotp,
  DisableTotp,
  RecoveryCodesService,
  SignInMethodsRepository,
  SignInMethods,
  WebAuthn,
  Ceremonies,
  PasskeyRegistration,
  PasskeySignIn,
  PasskeysService,
  ResetFactors,
];
