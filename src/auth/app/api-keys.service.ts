import { Injectable } from '@nestjs/common';
import type { Permission, SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { isUuid, newId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade, type SecurityChange } from '../../users/index.js';
import {
  ApiKeyEndedError,
  KeyBeyondOwnPermissionsError,
  KeyExpiryError,
  TooManyApiKeysError,
} from '../api-keys.errors.js';
import { ApiKeysRepository, type ApiKey } from '../data/api-keys.repository.js';
import { formatApiKey, hashSecret, newPrefix, newSecret } from '../domain/api-key.js';
import { ProofOfPerson, type Proof } from './proof-of-person.js';

/** Usable keys of one account. */
const MOST_KEYS = 50;
const LONGEST_MS = 10 * 366 * 86_400_000;

/** What a key is to be. */
export interface ApiKeyWish {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly expiresAt: Date | undefined;
}

/** A key and its text, which is shown this once and kept nowhere. */
export interface ShownApiKey {
  readonly key: ApiKey;
  readonly text: string;
}

/** What is done to a key, as it is told to its owner and to the record. */
type Deed = Extract<SecurityChange, `api_key_${string}`>;

/**
 * API keys: made, rotated and revoked by their owners in person, revoked by staff as well. What a key may do is decided at each request
 * (`ApiKeyAccess`).
 */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly db: Db,
    private readonly keys: ApiKeysRepository,
    private readonly proof: ProofOfPerson,
    private readonly users: UsersFacade,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws KeyBeyondOwnPermissionsError `auth.beyond_own_permissions` (403), KeyExpiryError (422), TooManyApiKeysError (409),
   *   and what `ProofOfPerson` throws
   */
  async make(user: SignedIn, wish: ApiKeyWish, proof: Proof): Promise<ShownApiKey> {
    requireWithinOwn(wish.permissions, user);
    const now = this.clock.now();
    const ahead = wish.expiresAt ? wish.expiresAt.getTime() - now.getTime() : 1;
    if (!(ahead > 0 && ahead < LONGEST_MS)) throw new KeyExpiryError();
    await this.proof.require(user, proof);
    const made = { prefix: newPrefix(), secret: newSecret() };
    const key = await this.db.transaction(async (tx) => {
      if ((await this.keys.countLive(tx, user.userId, now)) >= MOST_KEYS) throw new TooManyApiKeysError(MOST_KEYS);
      const row = await this.keys.insert(tx, {
        id: newId(),
        prefix: made.prefix,
        hash: hashSecret(made.secret),
        name: wish.name,
        userId: user.userId,
        permissions: wish.permissions,
        createdAt: now,
        expiresAt: wish.expiresAt ?? null,
      });
      await this.tell(tx, user, row, 'api_key_made', { after: recorded(row) });
      return row;
    });
    return { key, text: formatApiKey(made) };
  }

  /** A page and one more, newest first. */
  list(user: SignedIn, of: string | undefined, before: string | undefined, limit: number): Promise<ApiKey[]> {
    const userId = of ?? user.userId;
    if (userId !== user.userId && (!user.permissions.has('users:read') || !isUuid(userId)))
      throw new NotFoundError('user');
    return this.keys.list(userId as ApiKey['userId'], before, limit);
  }

  /** @throws NotFoundError (404), also for another's key where `users:read` is missing */
  async read(user: SignedIn, id: string): Promise<ApiKey> {
    return requireSeen(user, isUuid(id) ? await this.keys.findById(id) : undefined, 'users:read');
  }

  /** @throws NotFoundError (404) */
  async rename(user: SignedIn, id: string, name: string): Promise<ApiKey> {
    return this.withOwn(user, id, async (tx, key) => {
      const renamed = await this.keys.rename(tx, key.id, name);
      await this.audit.record(tx, user, {
        action: 'auth.api_key_renamed',
        subject: { type: 'api_key', id: key.id },
        before: { name: key.name },
        after: { name },
        shown: ['name'],
      });
      return renamed;
    });
  }

  /**
   * Gives the key another secret. The one it had stays good for the overlap (seconds; 0: not at all).
   * @throws NotFoundError (404), ApiKeyEndedError (409), KeyBeyondOwnPermissionsError (403), and what `ProofOfPerson` throws
   */
  async rotate(user: SignedIn, id: string, overlapSeconds: number, proof: Proof): Promise<ShownApiKey> {
    requireOwn(user, isUuid(id) ? await this.keys.findById(id) : undefined);
    await this.proof.require(user, proof);
    const secret = newSecret();
    const key = await this.withOwn(user, id, async (tx, { prefix, revokedAt, expiresAt }) => {
      const now = this.clock.now();
      if (revokedAt !== null || (expiresAt !== null && expiresAt <= now)) throw new ApiKeyEndedError();
      const previousUntil = overlapSeconds > 0 ? new Date(now.getTime() + overlapSeconds * 1000) : null;
      const row = await this.keys.replaceSecret(tx, id, hashSecret(secret), { now, previousUntil });
      await this.tell(tx, user, row, 'api_key_rotated', { after: { prefix, overlapSeconds } });
      return row;
    });
    return { key, text: formatApiKey({ prefix: key.prefix, secret }) };
  }

  /**
   * Ends a key for good: it is refused from the next request on. The owner's own, or anybody's that does no more than staff with
   * `users:write` may do themselves. Nothing happens to one that is revoked already.
   * @throws NotFoundError (404), KeyBeyondOwnPermissionsError (403)
   */
  async revoke(user: SignedIn, id: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const key = requireSeen(user, isUuid(id) ? await this.keys.lock(tx, id) : undefined, 'users:write');
      if (key.userId !== user.userId) requireWithinOwn(key.permissions, user);
      if (key.revokedAt !== null) return;
      await this.keys.revoke(tx, key.id, this.clock.now());
      await this.tell(tx, user, key, 'api_key_revoked', { before: recorded(key) });
    });
  }

  private withOwn<T>(user: SignedIn, id: string, work: (tx: Tx, key: ApiKey) => Promise<T>): Promise<T> {
    return this.db.transaction(async (tx) =>
      work(tx, requireOwn(user, isUuid(id) ? await this.keys.lock(tx, id) : undefined)),
    );
  }

  private async tell(
    tx: Tx,
    user: SignedIn,
    key: ApiKey,
    deed: Deed,
    sides: { readonly before?: Record<string, unknown>; readonly after?: Record<string, unknown> },
  ): Promise<void> {
    const subject = { type: 'api_key', id: key.id };
    await this.audit.record(tx, user, { action: `auth.${deed}`, subject, ...sides, shown: ['name'] });
    await this.users.tellOwner(tx, key.userId, deed, { detail: key.name, origin: user.origin });
  }
}

function recorded({ name, prefix, permissions, expiresAt }: ApiKey): Record<string, unknown> {
  return { name, prefix, permissions, expiresAt };
}

function requireWithinOwn(permissions: readonly string[], user: SignedIn): void {
  if (!permissions.every((permission) => user.permissions.has(permission))) throw new KeyBeyondOwnPermissionsError();
}

function requireOwn(user: SignedIn, key: ApiKey | undefined): ApiKey {
  if (key?.userId !== user.userId) throw new NotFoundError('api_key');
  return key;
}

function requireSeen(user: SignedIn, key: ApiKey | undefined, permission: Permission): ApiKey {
  if (!key || (key.userId !== user.userId && !user.permissions.has(permission))) throw new NotFoundError('api_key');
  return key;
}
