import { Module } from '@nestjs/common';
import { SigningKeysHousekeeping } from './app/signing-keys-housekeeping.js';
import { SigningKeysService } from './app/signing-keys.service.js';
import { SigningKeysRepository } from './data/signing-keys.repository.js';
import { JwksController } from './http/jwks.controller.js';
import { AccessTokenKeys } from './tokens/access-token-keys.js';

/** The keys of access tokens by themselves, so that the command that changes them needs nothing else of the shop. */
@Module({
  controllers: [JwksController],
  providers: [SigningKeysRepository, SigningKeysService, SigningKeysHousekeeping, AccessTokenKeys],
  exports: [SigningKeysService, AccessTokenKeys],
})
export class SigningKeysModule {}
