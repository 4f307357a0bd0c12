import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Origin } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { LOGGER } from '../../platform/observability/logger.js';

/** Entries that wait to be written; more come only from a flood, of which each entry says the same. */
const MOST_WAITING = 100;

/**
 * Records that somebody tried to sign in to an account with a wrong password. It is written when the answer is under way already: it is
 * there for accounts alone, and an answer that waited for it would tell by its time which addresses have one.
 */
@Injectable()
export class FailedSignIns implements BeforeApplicationShutdown {
  private readonly waiting = new Set<Promise<void>>();

  constructor(
    private readonly db: Db,
    private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The account is named, and not the address that was typed. */
  note(userId: UserId, origin: Origin | undefined): void {
    if (this.waiting.size >= MOST_WAITING) return;
    const written = new Promise<void>((done) => setImmediate(done))
      .then(() => this.write(userId, origin))
      .catch((error: unknown) => this.logger.warn({ err: error }, 'a failed sign-in could not be recorded'))
      .finally(() => this.waiting.delete(written));
    this.waiting.add(written);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.waiting);
  }

  private write(userId: UserId, origin: Origin | undefined): Promise<void> {
    const guest = { kind: 'guest', ...(origin ? { origin } : {}) } as const;
    return this.db.transaction((tx) =>
      this.audit.record(tx, guest, {
        action: 'auth.sign_in_failed',
        subject: { type: 'user', id: userId },
        after: { method: 'password' },
      }),
    );
  }
}
