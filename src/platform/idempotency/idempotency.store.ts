import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../database/index.js';
import { AppError, ConflictError } from '../errors/index.js';
import { Clock } from '../time/index.js';
import { fingerprint } from './fingerprint.js';
import type { KeptAnswer, KeyUse } from './kept-answer.js';
import { bindKeys, forgetKeysFor, keepAnswer, keepAnswerFor, nameResource, type BoundKey } from './idempotency.sql.js';

/** What the key of a request is used for, within a scope; undefined where no key was sent. */
export function useOfKey(scope: string, key: string | undefined, operation: string, body: unknown): KeyUse | undefined {
  return key === undefined ? undefined : { scope, key, operation, body };
}

/** The same of a signed-in caller, whose keys are their own whatever they come by. */
export function useOfUsersKey(
  user: { readonly userId: string },
  key: string | undefined,
  operation: string,
  body: unknown,
): KeyUse | undefined {
  return useOfKey(`user:${user.userId}`, key, operation, body);
}

const KEEP_MS = 48 * 3_600_000;

/** Keeps answers by Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). */
@Injectable()
export class IdempotencyStore {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /**
   * Binds the key inside the caller's transaction, or gives the answer that it already stands for. A second call with
   * the key waits until the first one's transaction ends.
   * @param resourceId what the call is about to make, so that its answer can be stored by whoever finishes it
   * @throws AppError `idempotency.key_reused` (422) for another body, `idempotency.in_progress` (409) while the first runs,
   *   `idempotency.answer_erased` (409) where the answer was taken out with the person that it told of.
   */
  async begin(tx: Tx, use: KeyUse, resourceId: string | null = null): Promise<KeptAnswer | undefined> {
    const [begun] = await this.beginAll(tx, [{ use, resourceId }]);
    if (begun?.status === 'rejected') throw begun.reason;
    return begun?.value;
  }

  /** As `begin`, for keys of several calls, no two of them the same. What would be thrown for one is that one's outcome. */
  async beginAll(
    tx: Tx,
    uses: readonly { readonly use: KeyUse; readonly resourceId: string | null }[],
  ): Promise<PromiseSettledResult<KeptAnswer | undefined>[]> {
    if (uses.length === 0) return [];
    const now = this.clock.now();
    const keys = uses.map(({ use, resourceId }) => ({
      ...{ scope: use.scope, key: use.key, resourceId },
      mark: fingerprint(use.operation, use.body),
    }));
    const bound = await bindKeys(tx, keys, now, new Date(now.getTime() + KEEP_MS));
    return Promise.allSettled(keys.map(async (key, at) => (bound[at] ? undefined : this.findKept(tx, key))));
  }

  private async findKept(tx: Tx, { scope, key, mark }: Omit<BoundKey, 'resourceId'>): Promise<KeptAnswer> {
    const kept = await tx.idempotencyRecord.findUnique({ where: { scope_key: { scope, key } } });
    // Swept between the two statements: the key is free again, and the caller may simply repeat.
    if (!kept) throw inProgress();
    if (!Buffer.from(kept.fingerprint).equals(mark))
      throw new AppError('invalid', 'idempotency.key_reused', 'This key was used for another request.');
    if (kept.status === null || kept.body === null) throw inProgress();
    if (kept.body === '' && kept.status !== 204) throw erased();
    return { status: kept.status, body: kept.body, headers: (kept.headers ?? {}) as Record<string, string> };
  }

  /** Names what the running call has made, so that its answer can be stored by whoever finishes it. */
  attach(tx: Tx, use: Pick<KeyUse, 'scope' | 'key'>, resourceId: string): void {
    nameResource(tx, use, resourceId);
  }

  /** Stores the answer under the key. */
  complete(tx: Tx, use: Pick<KeyUse, 'scope' | 'key'>, answer: KeptAnswer): void {
    keepAnswer(tx, use, answer);
  }

  /** Stores the answer under every still running key that has made the resource: the work of a process that died. */
  completeFor(tx: Tx, resourceId: string, answer: KeptAnswer): void {
    keepAnswerFor(tx, resourceId, answer);
  }

  /** Frees the keys of a call whose process died and whose outcome is not kept: the client may try again. */
  forgetFor(tx: Tx, resourceId: string): void {
    forgetKeysFor(tx, resourceId);
  }

  /** `run` where there is a key. Without one the work is just done, and is given no transaction: it knows better how to do without. */
  runWithin(use: KeyUse | undefined, work: (tx: Tx | null) => Promise<KeptAnswer>): Promise<KeptAnswer> {
    return use ? this.run(use, work) : work(null);
  }

  /**
   * One transaction for the key, the work and its answer: for operations that need no network. Without a key it is
   * just the transaction. The work's `AppError`s roll everything back and are not kept.
   */
  async run(use: KeyUse | undefined, work: (tx: Tx) => Promise<KeptAnswer>): Promise<KeptAnswer> {
    return this.db.transaction(async (tx) => {
      const kept = use && (await this.begin(tx, use));
      if (kept) return kept;
      const answer = await work(tx);
      if (use) this.complete(tx, use, answer);
      return answer;
    });
  }

  /** Deletes what is past its time; a job calls it. */
  async sweep(): Promise<number> {
    const { count } = await this.db.prisma.idempotencyRecord.deleteMany({
      where: { expiresAt: { lt: this.clock.now() } },
    });
    return count;
  }
}

function erased(): AppError {
  return new ConflictError(
    'idempotency.answer_erased',
    'The first request was carried out, and its answer was erased since.',
  );
}

function inProgress(): AppError {
  return new ConflictError('idempotency.in_progress', 'The first request with this key is still running.');
}
