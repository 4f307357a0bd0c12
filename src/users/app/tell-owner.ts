import { Injectable } from '@nestjs/common';
import type { Origin } from '../../platform/access/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { UsersRepository } from '../data/users.repository.js';
import { SECURITY_NOTICE, type SecurityChange, type SecurityNotice } from '../users.events.js';

export interface NoticeDetails {
  /** What it was done with or to; words for the reader. */
  readonly detail?: string;
  /** From where it was done. Left out where it was not the owner: what staff use is no business of theirs. */
  readonly origin?: Origin | undefined;
}

/** Owes the owner of an account a mail on what concerns their security. */
@Injectable()
export class TellOwner {
  constructor(
    private readonly users: UsersRepository,
    private readonly outbox: Outbox,
  ) {}

  /** To the address that the account has in the transaction now; nothing happens for an account that is not there. */
  async tell(tx: Tx, userId: UserId, change: SecurityChange, about: NoticeDetails = {}): Promise<void> {
    const user = await this.users.findProfile(userId, tx);
    if (!user) return;
    this.outbox.append(tx, {
      type: SECURITY_NOTICE,
      subjectId: userId,
      payload: {
        userId,
        email: user.email,
        name: user.name,
        confirmed: user.emailVerified,
        change,
        ...(about.detail === undefined ? {} : { detail: about.detail }),
        ...(about.origin?.userAgent === undefined ? {} : { userAgent: about.origin.userAgent }),
      } satisfies SecurityNotice,
    });
  }
}
