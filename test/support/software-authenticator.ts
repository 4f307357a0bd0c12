import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { encodeCbor, type Cbor } from './cbor.js';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

/** What a test bends of an honest answer. */
export interface Bent {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | null;
  /** Signs with this key instead. */
  readonly key?: KeyObject;
  /** Instead of the attestation `none`. */
  readonly attestation?: { readonly format: string; readonly statement: ReadonlyMap<string, Cbor> };
  readonly credentialId?: Buffer;
}

interface Credential {
  readonly id: Buffer;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
}

/**
 * An authenticator and the browser before it, in software, by WebAuthn Level 3: it keeps discoverable credentials for
 * ES256, attests nothing, has verified its user, and counts its signatures.
 */
export class SoftwareAuthenticator {
  readonly credentials: Credential[] = [];
  counter: number;

  /** @param counts false for one that always shows 0, as passkeys that are kept in several places do */
  constructor(
    readonly origin: string,
    private readonly counts = true,
  ) {
    this.counter = counts ? 1 : 0;
  }

  /** Answers `navigator.credentials.create` (5.1.3, 6.3.2). */
  create(options: PublicKeyCredentialCreationOptionsJSON, bent: Bent = {}): RegistrationResponseJSON {
    const rpId = bent.rpId ?? options.rp.id ?? '';
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = bent.credentialId ?? randomBytes(16);
    this.credentials.push({ id, rpId, userHandle: options.user.id, privateKey });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, encodeCbor(coseKey(publicKey))]);
    const authData = Buffer.concat([this.head(rpId, ATTESTED, bent), attested]);
    const { format, statement } = bent.attestation ?? { format: 'none', statement: new Map<string, Cbor>() };
    const attestationObject = encodeCbor(
      new Map<string, Cbor>([
        ['fmt', format],
        ['attStmt', statement],
        ['authData', authData],
      ]),
    );
    return {
      ...common(id),
      response: {
        clientDataJSON: this.clientData('webauthn.create', options.challenge, bent).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** Answers `navigator.credentials.get` with the credential that was made last for the domain (5.1.4, 6.3.3). */
  get(options: PublicKeyCredentialRequestOptionsJSON, bent: Bent = {}): AuthenticationResponseJSON {
    const credential = this.credentials.filter(({ rpId }) => rpId === options.rpId).at(-1);
    if (!credential) throw new Error(`No credential for ${options.rpId ?? 'no domain'}`);
    if (this.counts) this.counter++;
    const authData = this.head(bent.rpId ?? credential.rpId, 0, bent);
    const clientData = this.clientData('webauthn.get', options.challenge, bent);
    const signed = Buffer.concat([authData, sha256(clientData)]);
    const { userHandle = credential.userHandle } = bent;
    return {
      ...common(bent.credentialId ?? credential.id),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, bent.key ?? credential.privateKey).toString('base64url'),
        ...(userHandle === null ? {} : { userHandle }),
      },
    };
  }

  /** The fixed part of authenticator data (6.1). */
  private head(rpId: string, more: number, bent: Bent): Buffer {
    const { userPresent = true, userVerified = true, counter = this.counter } = bent;
    const tail = Buffer.alloc(5);
    tail.writeUInt8(more | (userPresent ? USER_PRESENT : 0) | (userVerified ? USER_VERIFIED : 0));
    tail.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(rpId), tail]);
  }

  /** What the browser says of the page (5.8.1). */
  private clientData(type: string, challenge: string, bent: Bent): Buffer {
    const { origin = this.origin, crossOrigin = false } = bent;
    return Buffer.from(
      JSON.stringify({ type: bent.type ?? type, challenge: bent.challenge ?? challenge, origin, crossOrigin }),
    );
  }
}

function common(id: Buffer): Omit<RegistrationResponseJSON, 'response'> {
  const text = id.toString('base64url');
  return { id: text, rawId: text, type: 'public-key', authenticatorAttachment: 'platform', clientExtensionResults: {} };
}

/** EC2 key of COSE (RFC 9053, 7.1.1): type, algorithm ES256, curve P-256, both coordinates. */
function coseKey(publicKey: KeyObject): ReadonlyMap<number, Cbor> {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ]);
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
