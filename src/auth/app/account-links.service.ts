import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Sealer } from '../../platform/sealing/index.js';
import { Clock } from '../../platform/time/index.js';
import {
  LINK_REQUESTED,
  UsersFacade,
  type LinkPurpose,
  type LinkRequested,
  type UserProfile,
} from '../../users/index.js';
import { LinkInvalidError } from '../auth.errors.js';
import { AccountTokensRepository, type AccountToken } from '../data/account-tokens.repository.js';
import { hashLinkToken, newLinkToken } from '../tokens/link-token.js';

const MINUTE_MS = 60_000;

/** How long a link is good: short where it gives the account away, long where a person must find the time. */
export const LINK_MS: Readonly<Record<LinkPurpose, number>> = {
  verify_email: 24 * 60 * MINUTE_MS,
  reset_password: 30 * MINUTE_MS,
  invitation: 7 * 24 * 60 * MINUTE_MS,
};

interface LinkOrder {
  readonly user: { readonly id: UserId; readonly name: string };
  /** Where it goes, and what it proves. */
  readonly email: string;
  readonly purpose: LinkPurpose;
}

/** Links that are mailed to prove that whoever follows them reads mails at an address. Each is good once, and one of a kind for an account. */
@Injectable()
export class AccountLinks {
  constructor(
    private readonly tokens: AccountTokensRepository,
    private readonly users: UsersFacade,
    private readonly outbox: Outbox,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  /**
   * Owes the mail with a new link; the earlier one of the kind is no longer good.
   * @returns since when and until when it is good
   */
  async issue(
    tx: Tx,
    { user, email, purpose }: LinkOrder,
  ): Promise<{ readonly createdAt: Date; readonly expiresAt: Date }> {
    // Two at once would both replace the earlier one.
    await this.users.lockProfile(tx, user.id);
    const token = newLinkToken();
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + LINK_MS[purpose]);
    await this.tokens.replace(tx, {
      userId: user.id,
      purpose,
      hash: hashLinkToken(token),
      email,
      createdAt,
      expiresAt,
    });
    this.outbox.append(tx, {
      type: LINK_REQUESTED,
      subjectId: user.id,
      payload: {
        userId: user.id,
        email,
        name: user.name,
        purpose,
        sealedToken: this.sealer.seal('mail-link', token),
        expiresAt: expiresAt.toISOString(),
      } satisfies LinkRequested,
    });
    return { createdAt, expiresAt };
  }

  /**
   * Whose a token is that is good now, without using it up.
   * @throws LinkInvalidError `auth.link_invalid` (422)
   */
  async look(token: string, purpose: LinkPurpose): Promise<AccountToken> {
    const found = await this.tokens.findGood(hashLinkToken(token), purpose, this.clock.now());
    if (!found) throw new LinkInvalidError();
    return found;
  }

  /**
   * Uses a token up, and holds its account until the transaction ends. Unknown, used, replaced and run out, of another kind and of a disabled
   * account answer alike.
   * @throws LinkInvalidError `auth.link_invalid` (422)
   */
  async take(
    tx: Tx,
    token: string,
    purpose: LinkPurpose,
  ): Promise<{ readonly user: UserProfile; readonly email: string }> {
    const now = this.clock.now();
    const found = await this.tokens.findGood(hashLinkToken(token), purpose, now, tx);
    const user = found && (await this.users.lockProfile(tx, found.userId));
    if (!user || user.disabled || !(await this.tokens.use(tx, found.id, now))) throw new LinkInvalidError();
    return { user, email: found.email };
  }

  /** Takes a link back that has not been followed. */
  withdraw(tx: Tx, userId: UserId, purpose: LinkPurpose): Promise<void> {
    return this.tokens.deleteUnused(tx, userId, purpose);
  }
}
