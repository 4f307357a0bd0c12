import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { Config } from '../../platform/config/index.js';
import { newId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { AccessTokenKeys } from './access-token-keys.js';
import { ALGORITHM, AUDIENCE, CLIENT, headerOf, ISSUER, type AccessClaims } from './access-token.js';

/** Makes access tokens: JWTs (RFC 9068) signed with ES256, good for a few minutes and only as long as their session. */
@Injectable()
export class AccessTokenIssuer {
  /** How long a token is good, in seconds. */
  readonly lifetimeSeconds: number;

  constructor(
    config: Config,
    private readonly keys: AccessTokenKeys,
    private readonly clock: Clock,
  ) {
    this.lifetimeSeconds = config.accessTokenSeconds;
  }

  issue(claims: AccessClaims): string {
    const issuedAt = Math.floor(this.clock.now().getTime() / 1000);
    const key = this.keys.signer();
    const exp = issuedAt + this.lifetimeSeconds;
    return jwt.sign({ sid: claims.sessionId, client_id: CLIENT, iat: issuedAt, exp }, key.privateKey, {
      algorithm: ALGORITHM,
      header: headerOf(key.id),
      issuer: ISSUER,
      audience: AUDIENCE,
      subject: claims.userId,
      jwtid: newId(),
    });
  }
}
