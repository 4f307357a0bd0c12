import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { ExternalIdentitiesRepository, type ExternalIdentity } from '../data/external-identities.repository.js';
import { IdentityTakenError } from '../oidc/oidc.errors.js';
import { OidcFlow, type OidcReturn } from './oidc-flow.service.js';
import { SignInMethods } from './sign-in-methods.js';

/** The providers that an account is linked to. Whoever calls what changes them has asked for a proof of the person. */
@Injectable()
export class Identities {
  constructor(
    private readonly db: Db,
    private readonly flow: OidcFlow,
    private readonly identities: ExternalIdentitiesRepository,
    private readonly users: UsersFacade,
    private readonly methods: SignInMethods,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  list(user: SignedIn): Promise<ExternalIdentity[]> {
    return this.identities.list(user.userId);
  }

  /**
   * Links the person who has come back to the account that began it.
   * @throws what `OidcFlow.finish` throws; IdentityTakenError `auth.identity_taken` (409)
   */
  async link(user: SignedIn, provider: string, back: OidcReturn): Promise<ExternalIdentity> {
    const { person } = await this.flow.finish(provider, back, user.userId);
    return this.db.transaction(async (tx) => {
      const identity = { provider, subject: person.subject, userId: user.userId };
      if ((await this.identities.findUser(provider, person.subject, tx)) !== undefined) throw new IdentityTakenError();
      const linked = await this.identities.insert(tx, identity, this.clock.now());
      const subject = { type: 'user', id: user.userId };
      await this.audit.record(tx, user, { action: 'auth.identity_linked', subject, after: { provider } });
      await this.users.tellOwner(tx, user.userId, 'identity_linked', { detail: provider, origin: user.origin });
      return linked;
    });
  }

  /** @throws NotFoundError `identity.not_found` (404), LastSignInMethodError `auth.last_sign_in_method` (409) */
  async unlink(user: SignedIn, provider: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      await this.users.lockProfile(tx, user.userId);
      if (!(await this.identities.delete(tx, user.userId, provider))) throw new NotFoundError('identity');
      await this.methods.requireOne(tx, user.userId);
      const subject = { type: 'user', id: user.userId };
      await this.audit.record(tx, user, { action: 'auth.identity_unlinked', subject, before: { provider } });
      await this.users.tellOwner(tx, user.userId, 'identity_unlinked', { detail: provider, origin: user.origin });
    });
  }
}
