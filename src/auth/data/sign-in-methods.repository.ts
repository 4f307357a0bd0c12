import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';

@Injectable()
export class SignInMethodsRepository {
  /** Whether the account can sign in through one of these identity providers. */
  async hasIdentity(tx: Tx, userId: UserId, providers: readonly string[]): Promise<boolean> {
    return (await tx.externalIdentity.count({ where: { userId, provider: { in: [...providers] } } })) > 0;
  }
}
