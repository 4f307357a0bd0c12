import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { Db } from '../../platform/database/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { OwnFactorsError } from '../passkey.errors.js';
import { PasskeysRepository } from '../data/passkeys.repository.js';
import { SessionsRepository } from '../data/sessions.repository.js';
import { DisableTotp } from './disable-totp.service.js';
import { FactorNews } from './factor-news.js';

/** Staff help somebody who has lost their second factor. What is left is the password, and the mail that sets a new one. */
@Injectable()
export class ResetFactors {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly totp: DisableTotp,
    private readonly passkeys: PasskeysRepository,
    private readonly sessions: SessionsRepository,
    private readonly news: FactorNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes codes, recovery codes and passkeys from an account, and ends its sessions. One's own are not for this: their owner
   * proves who they are.
   * @throws NotFoundError `user.not_found` (404), BeyondOwnPermissionsError `users.beyond_own_permissions`,
   *   OwnFactorsError `auth.own_factors` (403)
   */
  async reset(actor: SignedIn, id: string): Promise<void> {
    if (!isUuid(id)) throw new NotFoundError('user');
    await this.db.transaction(async (tx) => {
      const user = await this.users.lockProfile(tx, id);
      if (!user) throw new NotFoundError('user');
      if (user.id === actor.userId) throw new OwnFactorsError();
      this.users.requireWithin(actor, user);
      const hadTotp = await this.totp.remove(tx, actor, user.id);
      const passkeysRemoved = await this.passkeys.deleteAll(tx, user.id);
      await this.sessions.revokeAll(user.id, 'factors_reset', this.clock.now(), { tx });
      await this.news.tell(tx, actor, user.id, {
        action: 'auth.factors_reset',
        after: { hadTotp, passkeysRemoved },
        ...(passkeysRemoved > 0 ? { notice: 'passkey_removed', detail: 'All passkeys, by the staff of the shop' } : {}),
      });
    });
  }
}
