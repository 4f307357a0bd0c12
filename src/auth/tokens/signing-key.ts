import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The public half as others may have it (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

/** A key pair of access tokens (ES256), parsed: reading PEM for each token costs three times the check itself. */
export interface KeyPair {
  /** The public key's thumbprint (RFC 7638): the same in every process that has the key. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

/** @throws Error when the key is not of P-256 */
export function keyPairOf(privateKey: KeyObject): KeyPair {
  const publicKey = createPublicKey(privateKey);
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined)
    throw new Error('a signing key must be of P-256');
  const id = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { id, privateKey, publicKey, publicJwk: { kty, crv, x, y } };
}

export function newKeyPair(): KeyPair {
  return keyPairOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/** The private key as text, to be sealed. */
export function writePrivateKey({ privateKey }: KeyPair): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The pair of a text that `writePrivateKey` wrote; undefined when it is none. */
export function readPrivateKey(text: string): KeyPair | undefined {
  try {
    return keyPairOf(createPrivateKey(text));
  } catch {
    return undefined;
  }
}
