import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { ApiKeysRepository } from '../data/api-keys.repository.js';
import { ExternalIdentitiesRepository } from '../data/external-identities.repository.js';
import { PasskeysRepository } from '../data/passkeys.repository.js';
import { DisableTotp } from './disable-totp.service.js';

/**
 * Whoever registered an account whose address was never confirmed need not be who reads its mails, and may have left themselves a way in
 * (account pre-hijacking: Sudhodanan and Paverd, USENIX Security 2022).
 */
@Injectable()
export class DisownAccount {
  constructor(
    private readonly totp: DisableTotp,
    private readonly passkeys: PasskeysRepository,
    private readonly identities: ExternalIdentitiesRepository,
    private readonly keys: ApiKeysRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Takes from the account all that it could be entered with beside its password and its sessions. */
  async disown(tx: Tx, actor: Actor, userId: UserId): Promise<void> {
    const hadTotp = await this.totp.remove(tx, actor, userId);
    const passkeys = await this.passkeys.deleteAll(tx, userId);
    const identities = await this.identities.deleteAll(tx, userId);
    const apiKeys = await this.keys.revokeAll(tx, userId, this.clock.now());
    if (!hadTotp && passkeys + identities + apiKeys === 0) return;
    await this.audit.record(tx, actor, {
      action: 'auth.account_disowned',
      subject: { type: 'user', id: userId },
      before: { hadTotp, passkeys, identities, apiKeys },
    });
  }
}
