import type { Options } from '@node-rs/argon2';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Config } from '../../platform/config/index.js';
import { PasswordThreads } from './password-threads.js';
import { normalizePassword, requireGoodPassword } from './password-rules.js';
import { WorkQueue } from './work-queue.js';

/** OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const ARGON2ID = 2;
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } satisfies Options;
const MOST_WAITING = 100;

/** Hashes and checks passwords in threads that give way to requests, a few at a time. */
@Injectable()
export class PasswordHasher implements OnApplicationShutdown {
  private readonly queue: WorkQueue;
  private readonly threads = new PasswordThreads();
  private readonly nobodys = nobodysHash();

  constructor(private readonly config: Config) {
    this.queue = new WorkQueue(config.passwordHashConcurrency, MOST_WAITING);
  }

  /**
   * The hash of a password that somebody chooses, if it is not one that is guessed first.
   * @param pointer where the password stands in the body
   * @throws InvalidError `auth.password_weak` (422), AppError `auth.busy` (503) when too many wait
   */
  async hashChosen(password: string, email: string, pointer?: string): Promise<string> {
    await requireGoodPassword(password, { email, shopName: this.config.shopName, pointer });
    return this.hash(password);
  }

  /** @throws AppError `auth.busy` (503) when too many wait. */
  hash(password: string): Promise<string> {
    return this.queue.run(() => this.threads.hash(normalizePassword(password), PARAMETERS));
  }

  /**
   * Whether the password is the one of the hash. Where there is no account there is no hash: the same work is done on
   * one that nobody's password makes, so that the time does not tell who has an account.
   * @throws AppError `auth.busy` (503) when too many wait.
   */
  async matches(password: string, passwordHash: string | undefined): Promise<boolean> {
    const same = await this.queue.run(() =>
      this.threads.verify(passwordHash ?? this.nobodys, normalizePassword(password)),
    );
    return same && passwordHash !== undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.stop();
  }
}

/** Of the same form and cost as a hash that was computed, which a start would have to wait for; 256 random bits are no password's hash. */
function nobodysHash(): string {
  const { memoryCost, timeCost, parallelism } = PARAMETERS;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${randomBase64(16)}$${randomBase64(32)}`;
}

function randomBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}
