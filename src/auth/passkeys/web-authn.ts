import { Injectable } from '@nestjs/common';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { Config } from '../../platform/config/index.js';
import type { UserProfile } from '../../users/index.js';
import { PasskeysOffError } from '../passkey.errors.js';
import type { Passkey, PasskeyKey } from '../data/passkeys.repository.js';
import { relyingPartyOf, type RelyingParty } from './relying-party.js';
import { userHandleOf, userOfHandle } from './user-handle.js';

/** How long the options of a ceremony are good, which is also what the browser is told. */
export const CEREMONY_MS = 5 * 60_000;

/** EdDSA, ES256 and RS256 (COSE), what authenticators at large can do. */
const ALGORITHMS = [-8, -7, -257];

/** What a registration has shown. */
export interface RegisteredKey {
  readonly id: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly backedUp: boolean;
}

/** What a sign-in has shown. */
export interface ShownKey {
  readonly counter: number;
  readonly backedUp: boolean;
}

/**
 * The server's side of WebAuthn Level 3 (7.1 and 7.2), by @simplewebauthn/server, which is read when it is first needed. Passkeys
 * are discoverable and verify their user, so that one is both factors of a sign-in.
 */
@Injectable()
export class WebAuthn {
  private readonly party: RelyingParty | undefined;

  constructor(config: Config) {
    this.party = relyingPartyOf(config);
  }

  /** @throws PasskeysOffError `auth.passkeys_off` (409) */
  async registrationOptions(
    user: UserProfile,
    known: readonly Passkey[],
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { id, name } = this.requireParty();
    const { generateRegistrationOptions } = await import('@simplewebauthn/server');
    return generateRegistrationOptions({
      rpID: id,
      rpName: name,
      userName: user.email,
      userDisplayName: user.name,
      userID: userHandleOf(user.id),
      timeout: CEREMONY_MS,
      attestationType: 'none',
      excludeCredentials: known.map(({ id: credential, transports }) => ({
        id: credential,
        transports: [...transports],
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
  }

  /** @throws PasskeysOffError `auth.passkeys_off` (409) */
  async signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const { id } = this.requireParty();
    const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
    return generateAuthenticationOptions({ rpID: id, timeout: CEREMONY_MS, userVerification: 'required' });
  }

  /** The key of a registration that answers this challenge; undefined for any other. */
  async verifyRegistration(response: RegistrationResponseJSON, challenge: string): Promise<RegisteredKey | undefined> {
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
    return unlessThrown(async () => {
      const expected = await this.expected(response.response.clientDataJSON, challenge);
      if (!expected || (await hasCertificates(response.response.attestationObject))) return undefined;
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response,
        ...expected,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      });
      if (!verified) return undefined;
      const { credential, credentialBackedUp } = registrationInfo;
      const { id, publicKey, counter } = credential;
      return { id, publicKey: new Uint8Array(publicKey), counter, backedUp: credentialBackedUp };
    });
  }

  /**
   * What a sign-in has shown that answers this challenge with this key; undefined for any other. Whether its counter goes on from the
   * last is for `PasskeysRepository.use`, which decides it for sign-ins at the same time, too.
   */
  async verifySignIn(
    response: AuthenticationResponseJSON,
    challenge: string,
    key: PasskeyKey,
  ): Promise<ShownKey | undefined> {
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
    return unlessThrown(async () => {
      const expected = await this.expected(response.response.clientDataJSON, challenge);
      if (!expected || userOfHandle(response.response.userHandle ?? '') !== key.userId) return undefined;
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        ...expected,
        credential: { id: key.id, publicKey: key.publicKey, counter: 0 },
        requireUserVerification: true,
      });
      if (!verified) return undefined;
      return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
    });
  }

  /** What the library is to hold a response against; undefined where its page is none of ours, or stands inside another's. */
  private async expected(clientDataJSON: string, challenge: string) {
    const { decodeClientDataJSON } = await import('@simplewebauthn/server/helpers');
    const { id, accepts } = this.requireParty();
    const { origin, crossOrigin } = decodeClientDataJSON(clientDataJSON);
    if (typeof origin !== 'string' || !accepts(origin) || crossOrigin === true) return undefined;
    return { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: id };
  }

  private requireParty(): RelyingParty {
    if (!this.party) throw new PasskeysOffError();
    return this.party;
  }
}

/**
 * Whether an attestation brings certificates. None was asked for, so that honest browsers take them out; checking a chain
 * of somebody's making is work, and may ask addresses that stand in it.
 */
async function hasCertificates(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject, isoBase64URL } = await import('@simplewebauthn/server/helpers');
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
  const format = decoded.get('fmt');
  return format !== 'none' && (format !== 'packed' || decoded.get('attStmt').get('x5c') !== undefined);
}

/** The library throws on everything that is not as it should be; a client's nonsense is no error of the server. */
async function unlessThrown<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
