import { Injectable } from '@nestjs/common';
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Config } from '../../platform/config/index.js';

/** The first of a family: 256 random bits, base64url. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database keeps of it. The token is random, so that one fast hash is enough. */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}

/**
 * Makes each token from the one before it, by an HMAC (RFC 2104) under a key that HKDF (RFC 5869) makes of ENCRYPTION_KEY: as hard to guess as a
 * random one, and the same however often it is asked for, so that two refreshes at once are given one and the same token
 * although the database keeps hashes only.
 */
@Injectable()
export class RefreshTokenChain {
  private readonly keys: readonly Uint8Array[];

  constructor(config: Config) {
    this.keys = config.secrets.encryptionKeys.map(
      (secret) => new Uint8Array(hkdfSync('sha256', secret, '', 'backroom refresh-token', 32)),
    );
  }

  /** What may follow a token: the first is given, the others may have been under an earlier ENCRYPTION_KEY. */
  successorsOf(token: string): [string, ...string[]] {
    const [first, ...others] = this.keys.map((key) => createHmac('sha256', key).update(token).digest('base64url'));
    if (first === undefined) throw new Error('there is no encryption key');
    return [first, ...others];
  }
}
