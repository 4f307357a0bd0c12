import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { LimitsModule } from '../platform/limits/index.js';
import { UsersModule } from '../users/index.js';
import { AuthPersonalData } from './app/auth-personal-data.js';
import { AuthPersonalDataRepository } from './data/auth-personal-data.repository.js';
import { AccountsService } from './app/accounts.service.js';
import { ApiKeysService } from './app/api-keys.service.js';
import { ChangePasswordService } from './app/change-password.service.js';
import { FamiliarAddresses } from './app/familiar-addresses.js';
import { FailedSignIns } from './app/failed-sign-ins.js';
import { FirstAdministrator } from './app/first-administrator.js';
import { ProofOfPerson } from './app/proof-of-person.js';
import { SessionHousekeeping } from './app/session-housekeeping.js';
import { SessionsService } from './app/sessions.service.js';
import { SignIn } from './app/sign-in.service.js';
import { ApiKeyAccess } from './data/api-key-access.sql.js';
import { ApiKeysRepository } from './data/api-keys.repository.js';
import { SessionAccess } from './data/session-access.sql.js';
import { SessionsRepository } from './data/sessions.repository.js';
import { SignInStepsRepository } from './data/sign-in-steps.repository.js';
import { factorControllers, factorProviders } from './factors.js';
import { frontEndControllers, frontEndProviders } from './front-ends.js';
import { oidcControllers, oidcProviders } from './identity-providers.js';
import { linkControllers, linkProviders } from './links.js';
import { AccessGuard } from './http/access.guard.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { AuthController } from './http/auth.controller.js';
import { SignInLimits } from './http/sign-in-limits.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { SigningKeysModule } from './signing-keys.module.js';
import { AccessTokenIssuer } from './tokens/access-token-issuer.js';
import { AccessTokenStrategy } from './tokens/access-token.strategy.js';

@Module({
  imports: [LimitsModule, SigningKeysModule, UsersModule],
  controllers: [
    AuthController,
    ApiKeysController,
    ...factorControllers,
    ...frontEndControllers,
    ...linkControllers,
    ...oidcControllers,
  ],
  providers: [
    AuthPersonalData,
    AuthPersonalDataRepository,
    FailedSignIns,
    { provide: APP_GUARD, useClass: AccessGuard },
    AccessTokenIssuer,
    AccessTokenStrategy,
    SessionAccess,
    SessionsRepository,
    SessionsService,
    SignIn,
    SignInStepsRepository,
    ...factorProviders,
    ...frontEndProviders,
    ...linkProviders,
    ...oidcProviders,
    AccountsService,
    PasswordHasher,
    ChangePasswordService,
    SignInLimits,
    FamiliarAddresses,
    SessionHousekeeping,
    ApiKeyAccess,
    ApiKeysRepository,
    ApiKeysService,
    FirstAdministrator,
  ],
  exports: [ProofOfPerson],
})
export class AuthModule {}
