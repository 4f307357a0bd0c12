import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import { LOGGER } from '../../platform/observability/logger.js';
import { Clock } from '../../platform/time/index.js';
import { SigningKeysService, type LivingKey } from '../app/signing-keys.service.js';

const RELOAD_MS = 30_000;
/** At most so often a token that names an unknown key makes the keys be read: anybody can send such tokens. */
const ASK_MS = 5_000;

/**
 * The keys of access tokens in this process' memory. They are read anew every half minute, and at once when a token names a key that is not
 * known yet, so that one made by another process is known here before it signs.
 */
@Injectable()
export class AccessTokenKeys implements OnModuleInit, OnApplicationShutdown {
  private keys: ReadonlyMap<string, LivingKey> = new Map();
  private reloading: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly stored: SigningKeysService,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.stored.ensureOne();
    await this.reload();
    this.timer = setInterval(() => {
      // What is known stays good; the next round asks again.
      this.reload().catch((error: unknown) => this.logger.warn({ err: error }, 'signing keys could not be read'));
    }, RELOAD_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** The name of the key that signs now. */
  get keyId(): string {
    return this.signer().id;
  }
  get privateKey(): KeyObject {
    return this.signer().privateKey;
  }
  get publicKey(): KeyObject {
    return this.signer().publicKey;
  }

  /** The key that signs now: the youngest that has begun to. */
  signer(): LivingKey {
    const now = this.clock.now();
    const living = [...this.keys.values()].filter((key) => isLiving(key, now));
    // Where this process' clock is behind, none may have begun.
    const key = living.findLast(({ signsFrom }) => signsFrom <= now) ?? living[0];
    if (!key) throw new Error('there is no key to sign access tokens with');
    return key;
  }

  /** The keys whose tokens are good, those that are still to sign included. */
  all(): LivingKey[] {
    const now = this.clock.now();
    return [...this.keys.values()].filter((key) => isLiving(key, now));
  }

  /**
   * The key of this name, unless it is retired or unknown.
   * @throws whatever the database says when the keys must be read and it cannot be asked
   */
  async find(id: string): Promise<LivingKey | undefined> {
    if (!this.keys.has(id) && performance.now() - this.askedAt >= ASK_MS) {
      this.askedAt = performance.now();
      await this.reload();
    }
    const key = this.keys.get(id);
    return key && isLiving(key, this.clock.now()) ? key : undefined;
  }

  /** Reads the keys from the database. */
  reload(): Promise<void> {
    this.reloading ??= this.read().finally(() => (this.reloading = undefined));
    return this.reloading;
  }

  private async read(): Promise<void> {
    this.keys = new Map((await this.stored.living()).map((key) => [key.id, key]));
  }
}

function isLiving({ retiredAt }: LivingKey, now: Date): boolean {
  return retiredAt === null || retiredAt > now;
}
