import { Injectable } from '@nestjs/common';
import { GUEST, type Actor, type Origin } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade, type UserProfile } from '../../users/index.js';
import { ExternalIdentitiesRepository } from '../data/external-identities.repository.js';
import { IdentityNotLinkedError, ProviderEmailUnverifiedError, ProviderRefusedError } from '../oidc/oidc.errors.js';
import { nameFor, type OidcPerson } from '../oidc/oidc-person.js';
import { OidcFlow, type OidcReturn } from './oidc-flow.service.js';
import { SignIn, type SignInOutcome } from './sign-in.service.js';

/** A person as one provider knows them. */
interface Known {
  readonly provider: string;
  readonly person: OidcPerson;
  readonly origin: Origin | undefined;
}

/**
 * Signing in through a provider. A person whom the provider has named before is that account's. Else an account with the same address is taken for
 * theirs only when the provider has verified the address and the account's owner has as well: whoever registers with another's address and
 * waits for its owner to come by a provider would otherwise share the account with them.
 */
@Injectable()
export class OidcSignIn {
  constructor(
    private readonly db: Db,
    private readonly flow: OidcFlow,
    private readonly users: UsersFacade,
    private readonly identities: ExternalIdentitiesRepository,
    private readonly signIns: SignIn,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a session, or the step that asks for the second factor; makes a customer's account where there is none.
   * @throws what `OidcFlow.finish` throws; ProviderRefusedError `auth.provider_refused` (401) for a disabled account;
   *   IdentityNotLinkedError `auth.identity_not_linked`, ProviderEmailUnverifiedError `auth.provider_email_unverified` (409)
   */
  async signIn(provider: string, back: OidcReturn, origin: Origin | undefined): Promise<SignInOutcome> {
    const { person, cookie } = await this.flow.finish(provider, back, undefined);
    return this.db.transaction(async (tx) => {
      const user = await this.accountOf(tx, { provider, person, origin });
      await this.identities.noteUse(tx, provider, person.subject, this.clock.now());
      return this.signIns.complete(tx, user, { method: `oidc:${provider}`, cookie, origin });
    });
  }

  private async accountOf(tx: Tx, known: Known): Promise<UserProfile> {
    const userId = await this.identities.findUser(known.provider, known.person.subject, tx);
    if (userId === undefined) return this.accountByAddress(tx, known);
    const stands = await this.users.lockEnabled(tx, userId);
    const user = stands ? await this.users.findProfile(userId, tx) : undefined;
    if (!user) throw new ProviderRefusedError();
    return user;
  }

  private async accountByAddress(tx: Tx, known: Known): Promise<UserProfile> {
    const { email, emailVerified } = known.person;
    const found = email === undefined ? undefined : await this.users.findByEmail(email, tx);
    if (found) {
      if (!emailVerified || !(await this.users.lockEnabled(tx, found.id))) throw new IdentityNotLinkedError();
      // Read again, now that it cannot change any more.
      const user = await this.users.findProfile(found.id, tx);
      if (!user?.emailVerified || user.email.toLowerCase() !== email?.toLowerCase()) throw new IdentityNotLinkedError();
      await this.link(tx, user, known);
      await this.users.tellOwner(tx, user.id, 'identity_linked', { detail: known.provider, origin: known.origin });
      return user;
    }
    if (email === undefined || !emailVerified) throw new ProviderEmailUnverifiedError();
    return this.register(tx, email, known);
  }

  private async register(tx: Tx, email: string, known: Known): Promise<UserProfile> {
    const { id } = await this.users.createCustomer(tx, { email, name: nameFor(known.person), passwordHash: null });
    await this.users.confirmEmail(tx, id, email);
    const user = await this.users.findProfile(id, tx);
    if (!user) throw new ProviderRefusedError();
    await this.link(tx, user, known);
    return user;
  }

  private async link(tx: Tx, { id }: UserProfile, { provider, person, origin }: Known): Promise<void> {
    await this.identities.insert(tx, { provider, subject: person.subject, userId: id }, this.clock.now());
    const actor: Actor = origin ? { ...GUEST, origin } : GUEST;
    await this.audit.record(tx, actor, {
      action: 'auth.identity_linked',
      subject: { type: 'user', id },
      after: { provider },
    });
  }
}
