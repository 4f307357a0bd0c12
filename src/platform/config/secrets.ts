import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Secrets {
  /** ES256 (RFC 7518, 3.4): signs access tokens. */
  readonly authPrivateKey: KeyObject;
  /** HMAC key of guests' order tokens. */
  readonly orderTokenSecret: string;
  /** What the database must keep readable is sealed with the first, and opened with any (see `Sealer`). */
  readonly encryptionKeys: readonly string[];
}

/** A private key that cannot sign ES256 is a fault of the configuration, not of a request. */
function readKey(pem: string): KeyObject {
  const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('AUTH_PRIVATE_KEY must be a P-256 private key in PEM');
  return key;
}

/**
 * The secret kept in `file`, made when it is missing. The file belongs to the server's user alone, and appears whole or not at all: neither a
 * process that starts at the same time nor a start after a power cut finds half a secret.
 */
function kept(file: string, make: () => string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const unfinished = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    writeFileSync(unfinished, make(), { mode: 0o600, flag: 'wx', flush: true });
    // Of several processes that start together one gives its file the name, and the others read that one's.
    linkSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
  return readFileSync(file, 'utf8');
}

/**
 * The secrets from the environment, or from `DATA_DIR/secrets`, where they are made at the first start.
 * Processes that share a database without sharing a data folder need them in the environment.
 * @throws Error when AUTH_PRIVATE_KEY is not a P-256 private key.
 */
export function ensureSecrets(env: {
  DATA_DIR: string;
  AUTH_PRIVATE_KEY?: string;
  ORDER_TOKEN_SECRET?: string;
  ENCRYPTION_KEY?: string[];
}): Secrets {
  const dataDir = resolve(env.DATA_DIR);
  const folder = join(dataDir, 'secrets');
  if (!env.AUTH_PRIVATE_KEY || !env.ORDER_TOKEN_SECRET || !env.ENCRYPTION_KEY) {
    // By itself, since `recursive` would close the data folder, too, to the user that the database runs as.
    mkdirSync(dataDir, { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  const pem =
    env.AUTH_PRIVATE_KEY ??
    kept(join(folder, 'auth-private-key.pem'), () =>
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    );
  const orderTokenSecret =
    env.ORDER_TOKEN_SECRET ?? kept(join(folder, 'order-token-secret'), () => randomBytes(32).toString('base64url'));
  const encryptionKeys = env.ENCRYPTION_KEY ?? [
    kept(join(folder, 'encryption-key'), () => randomBytes(32).toString('base64url')),
  ];
  return { authPrivateKey: readKey(pem), orderTokenSecret, encryptionKeys };
}
