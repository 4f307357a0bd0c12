import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Origin } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { PasskeySignInError } from '../passkey.errors.js';
import { PasskeysRepository } from '../data/passkeys.repository.js';
import { Ceremonies, type ShownKeyOf } from './ceremonies.js';
import { FactorNews } from './factor-news.js';
import { SessionsService, type SignInResult } from './sessions.service.js';

export interface ShownPasskey {
  readonly token: string;
  readonly response: AuthenticationResponseJSON;
  /** Whether the refresh token is to live in a cookie. */
  readonly cookie?: boolean;
}

/** Signs in with a passkey, which has verified its user: that is both factors at once. */
@Injectable()
export class PasskeySignIn {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly passkeys: PasskeysRepository,
    private readonly ceremonies: Ceremonies,
    private readonly sessions: SessionsService,
    private readonly news: FactorNews,
    private readonly clock: Clock,
  ) {}

  /**
   * An unknown passkey, a wrong answer and a disabled account cannot be told apart.
   * @throws PasskeySignInError `auth.passkey_invalid` (401)
   */
  async signIn({ token, response, cookie = false }: ShownPasskey, origin: Origin | undefined): Promise<SignInResult> {
    const good = await this.ceremonies.endSignIn(token, response);
    if (!good) throw new PasskeySignInError();
    // No throwing over a counter in there: it would take the record of it back.
    const result = await this.db.transaction((tx) => this.open(tx, good, cookie, origin));
    if (!result) throw new PasskeySignInError();
    return result;
  }

  private async open(
    tx: Tx,
    { key, shown }: ShownKeyOf,
    cookie: boolean,
    origin: Origin | undefined,
  ): Promise<SignInResult | undefined> {
    const user = (await this.users.lockEnabled(tx, key.userId)) && (await this.users.findProfile(key.userId, tx));
    if (!user) return undefined;
    if (!(await this.passkeys.use(tx, key.id, shown.counter, shown.backedUp, this.clock.now()))) {
      // Either it was removed at this moment, or somebody has a copy of the key that has counted less far.
      const guest = { kind: 'guest', ...(origin ? { origin } : {}) } as const;
      const after = { passkeyId: key.id, counter: shown.counter };
      await this.news.tell(tx, guest, user.id, { action: 'auth.passkey_counter_refused', after });
      return undefined;
    }
    return this.sessions.open(tx, user, { method: 'passkey', secondFactor: true, cookie, origin });
  }
}
