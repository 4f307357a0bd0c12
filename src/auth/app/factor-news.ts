import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { UsersFacade, type SecurityChange } from '../../users/index.js';

export interface FactorChange {
  /** As the audit log names it, such as `auth.totp_enabled`. */
  readonly action: string;
  /** As the owner is told; absent for what no mail is worth. */
  readonly notice?: SecurityChange;
  /** What it was done with, for the reader of the mail. */
  readonly detail?: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** Tells of a change of how an account is signed in to: the audit log, and the owner by mail. */
@Injectable()
export class FactorNews {
  constructor(
    private readonly audit: AuditLog,
    private readonly users: UsersFacade,
  ) {}

  /** In the transaction of the change. */
  async tell(tx: Tx, actor: Actor, userId: UserId, change: FactorChange): Promise<void> {
    const { action, notice, detail, before, after } = change;
    await this.audit.record(tx, actor, { action, subject: { type: 'user', id: userId }, before, after });
    if (!notice) return;
    await this.users.tellOwner(tx, userId, notice, {
      ...(detail === undefined ? {} : { detail }),
      origin: actor.origin,
    });
  }
}
