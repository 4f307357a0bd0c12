import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a delivery's time may lie from now, so that an old one cannot be played back. */
const TOLERANCE_MS = 5 * 60_000;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface SignedMessage {
  readonly id: string;
  readonly timestamp: Date;
}

/**
 * The headers of a delivery by the Standard Webhooks specification (standardwebhooks.com), version 1.0, symmetric.
 * @param secret the key's bytes as text, without the specification's `whsec_` and base64 around them
 */
export function signWebhook(secret: string, { id, timestamp }: SignedMessage, body: string): Record<string, string> {
  const seconds = String(Math.floor(timestamp.getTime() / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${hmac(secret, id, seconds, Buffer.from(body)).toString('base64')}`,
  };
}

/** Whether one of the delivery's signatures was made with the secret over exactly this body, not long ago. */
export function isSignedWebhook(secret: string, headers: Headers, body: Buffer, now: Date): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof seconds !== 'string' || typeof signatures !== 'string') return false;
  if (!/^\d{1,12}$/.test(seconds) || Math.abs(Number(seconds) * 1000 - now.getTime()) > TOLERANCE_MS) return false;
  const expected = hmac(secret, id, seconds, body);
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(/^v1,(.+)$/.exec(signature)?.[1] ?? '', 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function hmac(secret: string, id: string, seconds: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${id}.${seconds}.`).update(body).digest();
}
