import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { SignedIn } from '../../platform/access/index.js';
import { Db } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Clock } from '../../platform/time/index.js';
import { permissionsOf, USER_ACCESS } from '../../users/index.js';
import { isSecretOf, parseApiKey } from '../domain/api-key.js';

/** Measured hot path: this runs for every request with a key, so it is one statement, prepared by name. */
const FIND = `
select k.id, k.user_id, k.hash, k.previous_hash, k.previous_until, k.permissions as key_permissions, k.last_used_at,
       access.roles, access.permissions
  from api_key k
  join ${USER_ACCESS} access on access.user_id = k.user_id
 where k.prefix = $1
   and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
   and not access.disabled`;

const TOUCH = `
update api_key set last_used_at = $2
 where id = $1 and (last_used_at is null or last_used_at <= $3)`;

/** The last use is told to the minute: telling it exactly would cost each request a write. */
const USE_PRECISION_MS = 60_000;

interface KeyRow extends Record<string, unknown> {
  id: string;
  user_id: string;
  hash: Buffer;
  previous_hash: Buffer | null;
  previous_until: Date | null;
  key_permissions: string[];
  last_used_at: Date | null;
  roles: string[];
  permissions: string[];
}

/** Asks whether a key is good and what it may do now: what it was made for, as far as its owner still may that. */
@Injectable()
export class ApiKeyAccess {
  /** Keys whose last use is being written. */
  private readonly touching = new Set<string>();

  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Undefined for a key that is unknown, wrong, revoked or expired, or whose owner is disabled; which of these is not told. */
  async find(token: string): Promise<SignedIn | undefined> {
    const key = parseApiKey(token);
    if (!key) return undefined;
    const now = this.clock.now();
    const [row] = await this.db.sql<KeyRow>('auth.api_key_access', FIND, [key.prefix, now]);
    if (!row) return undefined;
    const kept = { hash: row.hash, previousHash: row.previous_hash, previousUntil: row.previous_until };
    if (!isSecretOf(key.secret, kept, now)) return undefined;
    this.noteUse(row, now);
    const granted = new Set(row.key_permissions);
    return {
      kind: 'user',
      userId: row.user_id as UserId,
      via: { kind: 'key', keyId: row.id },
      permissions: new Set(permissionsOf(row.roles, row.permissions).filter((permission) => granted.has(permission))),
    };
  }

  /** Nobody waits for it, and it is worth no failure. */
  private noteUse({ id, last_used_at: last }: KeyRow, now: Date): void {
    const stale = new Date(now.getTime() - USE_PRECISION_MS);
    if ((last !== null && last > stale) || this.touching.has(id)) return;
    this.touching.add(id);
    this.db
      .sql('auth.api_key_touch', TOUCH, [id, now, stale])
      .catch((error: unknown) => this.logger.warn({ err: error }, 'the last use of an API key could not be noted'))
      .finally(() => this.touching.delete(id));
  }
}
