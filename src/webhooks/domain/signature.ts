import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A new symmetric secret in the notation of Standard Webhooks: `whsec_` and the base64 of 32 random bytes. */
export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** What is signed. The id stays the same in every try of a message, the time is the try's own. */
export interface SignedMessage {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
}

/** The headers of Standard Webhooks 1.0. */
export interface SignatureHeaders {
  readonly 'webhook-id': string;
  /** Whole seconds since 1970. */
  readonly 'webhook-timestamp': string;
  /** One signature for each secret, separated by spaces. */
  readonly 'webhook-signature': string;
}

/** Signs with every secret that is valid at the moment, so that a receiver may hold either while a secret is being changed. */
export function signatureHeaders(message: SignedMessage, secrets: readonly string[]): SignatureHeaders {
  const timestamp = String(Math.floor(message.at.getTime() / 1000));
  const content = `${message.id}.${timestamp}.${message.body}`;
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${sign(content, secret)}`).join(' '),
  };
}

function sign(content: string, secret: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(content).digest('base64');
}

/** The secrets of a subscription at a moment: the present one, and the one before it until its time is over. */
export function validSecrets(
  keys: { readonly secret: string; readonly previousSecret: string | null; readonly previousUntil: Date | null },
  now: Date,
): readonly string[] {
  const { secret, previousSecret, previousUntil } = keys;
  return previousSecret !== null && previousUntil !== null && previousUntil > now ? [secret, previousSecret] : [secret];
}
