import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { UsersModule } from '../users/index.js';
import { AccountsService } from './app/accounts.service.js';
import { FirstAdministrator } from './app/first-administrator.js';
import { SessionsService } from './app/sessions.service.js';
import { SessionAccess } from './data/session-access.sql.js';
import { SessionsRepository } from './data/sessions.repository.js';
import { AccessGuard } from './http/access.guard.js';
import { AuthController } from './http/auth.controller.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { AccessTokenIssuer } from './tokens/access-token-issuer.js';
import { AccessTokenKeys } from './tokens/access-token-keys.js';
import { AccessTokenStrategy } from './tokens/access-token.strategy.js';

@Module({
  imports: [UsersModule],
  controllers: [AuthController],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    AccessTokenKeys,
    AccessTokenIssuer,
    AccessTokenStrategy,
    SessionAccess,
    SessionsRepository,
    SessionsService,
    AccountsService,
    PasswordHasher,
    FirstAdministrator,
  ],
})
export class AuthModule {}
