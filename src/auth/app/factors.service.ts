import { Injectable } from '@nestjs/common';
import type { UserId } from '../../platform/ids/index.js';
import { UsersFacade } from '../../users/index.js';
import { PasskeysRepository, type Passkey } from '../data/passkeys.repository.js';
import { RecoveryCodesRepository } from '../data/recovery-codes.repository.js';
import { TotpRepository } from '../data/totp.repository.js';

export interface Factors {
  readonly password: boolean;
  /** Since when sign-ins ask for a code; null where they do not. */
  readonly totpSince: Date | null;
  readonly recoveryCodesLeft: number;
  readonly passkeys: readonly Passkey[];
}

/** How an account is signed in to. */
@Injectable()
export class FactorsService {
  constructor(
    private readonly users: UsersFacade,
    private readonly totp: TotpRepository,
    private readonly recoveryCodes: RecoveryCodesRepository,
    private readonly passkeys: PasskeysRepository,
  ) {}

  async of(userId: UserId): Promise<Factors> {
    return {
      password: (await this.users.findPasswordHash(userId)) !== undefined,
      totpSince: (await this.totp.find(userId))?.confirmedAt ?? null,
      recoveryCodesLeft: await this.recoveryCodes.countUnused(userId),
      passkeys: await this.passkeys.list(userId),
    };
  }
}
