import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { AuditLog, SYSTEM } from '../../platform/audit-log/index.js';
import { Config } from '../../platform/config/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Sealer } from '../../platform/sealing/index.js';
import { Clock } from '../../platform/time/index.js';
import { SigningKeysRepository } from '../data/signing-keys.repository.js';
import type { SigningKeyRow } from '../data/signing-keys.sql.js';
import { CLOCK_SKEW_SECONDS } from '../tokens/access-token.js';
import { keyPairOf, newKeyPair, readPrivateKey, writePrivateKey, type KeyPair } from '../tokens/signing-key.js';

/** What seals private keys in the database (see `Sealer`). */
const PURPOSE = 'signing-key';
/** Between the making of a key and its first signature: every process has read the keys anew by then. */
const SIGNS_AFTER_MS = 120_000;
/** How long a retired key is kept, for whoever looks into what happened. */
const KEEP_MS = 24 * 3_600_000;

/** A key whose tokens are good, with the time from which it signs and the one from which it is no longer good. */
export interface LivingKey extends KeyPair {
  readonly signsFrom: Date;
  readonly retiredAt: Date | null;
}

export interface Rotation {
  readonly id: string;
  readonly signsFrom: Date;
  /** When what older keys have signed stops being good. */
  readonly othersRetiredAt: Date;
}

/** The keys of access tokens, in the database, so that every process has the same and a command can change them. */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly db: Db,
    private readonly keys: SigningKeysRepository,
    private readonly sealer: Sealer,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * The keys whose tokens are good now, the youngest last. A row counts only when its private key opens and is the one
   * that the row is named after: whoever can write to the table, but has not ENCRYPTION_KEY, cannot plant a key.
   */
  async living(): Promise<LivingKey[]> {
    return (await this.keys.listLiving(this.clock.now())).flatMap((row) => this.open(row) ?? []);
  }

  /**
   * Sees to it that there is a key to sign with: the configured one in a new shop, a fresh one where none can be opened.
   * Any number of processes may call it at once, one of them makes the key.
   */
  async ensureOne(): Promise<void> {
    await this.db.transaction(async (tx) => {
      await this.keys.lock(tx);
      const now = this.clock.now();
      const living = await this.keys.listLiving(now, tx);
      if (living.some((row) => this.open(row) !== undefined)) return;
      const isFirst = !(await this.keys.hasAny(tx));
      if (!isFirst) this.logger.warn('no signing key can be opened with ENCRYPTION_KEY: a new one is made');
      await this.insert(tx, isFirst ? keyPairOf(this.config.secrets.authPrivateKey) : newKeyPair(), now, now);
    });
  }

  /**
   * Makes a new key. By default it signs in two minutes, and what the older ones have signed stays good until it runs out: nobody is signed
   * out. `atOnce` is for a key that others may have: the older ones end now, and every client gets its next access token by refreshing.
   */
  rotate({ atOnce = false, signsAfterMs = SIGNS_AFTER_MS } = {}): Promise<Rotation> {
    return this.db.transaction(async (tx) => {
      await this.keys.lock(tx);
      const now = this.clock.now();
      const signsFrom = atOnce ? now : new Date(now.getTime() + signsAfterMs);
      const lastsMs = (this.config.accessTokenSeconds + CLOCK_SKEW_SECONDS) * 1000;
      const othersRetiredAt = atOnce ? now : new Date(signsFrom.getTime() + lastsMs);
      const pair = newKeyPair();
      await this.insert(tx, pair, signsFrom, now);
      if (atOnce) await this.keys.endOthers(tx, pair.id, now);
      else await this.keys.retireOthers(tx, pair.id, othersRetiredAt);
      return { id: pair.id, signsFrom, othersRetiredAt };
    });
  }

  /** Deletes keys that were retired a day ago or earlier; gives their number. */
  sweep(): Promise<number> {
    return this.keys.deleteRetiredBefore(new Date(this.clock.now().getTime() - KEEP_MS));
  }

  private async insert(tx: Tx, pair: KeyPair, signsFrom: Date, now: Date): Promise<void> {
    const { id, publicJwk } = pair;
    const sealedPrivateKey = this.sealer.seal(PURPOSE, writePrivateKey(pair));
    await this.keys.insert(tx, { id, publicJwk, sealedPrivateKey, signsFrom }, now);
    await this.audit.record(tx, SYSTEM, {
      action: 'auth.signing_key_made',
      subject: { type: 'signing_key', id },
      after: { signsFrom: signsFrom.toISOString() },
    });
  }

  private open(row: SigningKeyRow): LivingKey | undefined {
    const text = this.sealer.open(PURPOSE, row.sealedPrivateKey);
    const pair = text === undefined ? undefined : readPrivateKey(text);
    return pair?.id === row.id ? { ...pair, signsFrom: row.signsFrom, retiredAt: row.retiredAt } : undefined;
  }
}
