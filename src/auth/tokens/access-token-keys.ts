import { Injectable } from '@nestjs/common';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { Config } from '../../platform/config/index.js';

/** The key pair of access tokens, parsed once: reading PEM for each token costs three times the check itself. */
@Injectable()
export class AccessTokenKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The key's thumbprint (RFC 7638), so that processes which share the key agree on its name. */
  readonly keyId: string;

  constructor(config: Config) {
    this.privateKey = config.secrets.authPrivateKey;
    this.publicKey = createPublicKey(this.privateKey);
    const { crv, kty, x, y } = this.publicKey.export({ format: 'jwk' });
    this.keyId = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  }
}
