import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import type { SignedIn } from '../../platform/access/index.js';
import { SessionAccess } from '../data/session-access.sql.js';
import { AccessTokenKeys } from './access-token-keys.js';
import { ALGORITHM, AUDIENCE, ISSUER, isOwnHeader, readClaims } from './access-token.js';

/** Where the guard has put the token that it found. */
interface TokenCarrier {
  readonly token: string;
}

/**
 * passport-jwt's check of an access token: signature, issuer, audience and time, and then whether its session still
 * stands and what its user may do at this moment.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(
    keys: AccessTokenKeys,
    private readonly sessions: SessionAccess,
  ) {
    super({
      jwtFromRequest: ({ token }: TokenCarrier) => token,
      // jsonwebtoken takes a KeyObject, which passport-jwt's types do not know.
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: string) => void) =>
        isOwnHeader(token, keys.keyId)
          ? done(null, keys.publicKey as unknown as string)
          : done(new Error('not a token of this server')),
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
    });
  }

  /** passport-jwt calls this with the payload of a token that is genuine and of this time. */
  async validate(payload: unknown): Promise<SignedIn | undefined> {
    const claims = readClaims(payload);
    return claims && this.sessions.find(claims);
  }

  /**
   * Who the token speaks for; undefined for any token that is not, or no longer, good. Does what passport itself does
   * with a strategy. Passport's own registry is one for the whole process, and would mix up two servers in it.
   * @throws whatever the database says when it cannot be asked
   */
  identify(token: string): Promise<SignedIn | undefined> {
    return new Promise((resolve, reject) => {
      const attempt = Object.create(this) as Attempt;
      attempt.success = (user) => resolve(user as SignedIn);
      attempt.fail = () => resolve(undefined);
      attempt.error = (error) => reject(error instanceof Error ? error : new Error(String(error)));
      attempt.authenticate({ token });
    });
  }

  /** A registry of its own, for the reason above. */
  getPassportInstance(): passport.Authenticator {
    return new passport.Passport();
  }
}

/** One use of the strategy: passport gives each an object of its own, with these to call at the end. */
interface Attempt {
  success: (user: unknown) => void;
  fail: () => void;
  error: (error: unknown) => void;
  authenticate(carrier: TokenCarrier): void;
}
