import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Config } from '../config/index.js';

const FORMAT = 's1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals what the database must keep readable for the shop alone, such as TOTP secrets: AES-256-GCM (NIST SP 800-38D) under a key made from
 * ENCRYPTION_KEY by HKDF (RFC 5869), one for each purpose, so that nothing sealed for one passes for the other. With several keys
 * in ENCRYPTION_KEY the first seals and all open: that is how the key is changed.
 */
@Injectable()
export class Sealer {
  private readonly keys: readonly { readonly id: string; readonly secret: string }[];

  constructor(config: Config) {
    this.keys = config.secrets.encryptionKeys.map((secret) => ({ id: nameOf(secret), secret }));
  }

  /** @returns letters, digits, dots, dashes and underscores, fit for an address; different each time */
  seal(purpose: string, plaintext: string): string {
    const [key] = this.keys;
    if (!key) throw new Error('there is no encryption key');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', derive(key.secret, purpose), nonce);
    const sealed = Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${FORMAT}.${key.id}.${sealed.toString('base64url')}`;
  }

  /** What was sealed for the purpose; undefined when it was not, or with a key that is not known any more. */
  open(purpose: string, sealed: string): string | undefined {
    const [format, keyId, text, ...rest] = sealed.split('.');
    const key = this.keys.find(({ id }) => id === keyId);
    if (format !== FORMAT || !key || text === undefined || rest.length > 0) return undefined;
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', derive(key.secret, purpose), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      );
    } catch {
      return undefined;
    }
  }
}

/** Tells keys apart without telling anything of them. */
function nameOf(secret: string): string {
  return createHash('sha256').update(`backroom key name ${secret}`).digest('base64url').slice(0, 8);
}

function derive(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `backroom ${purpose}`, 32));
}
