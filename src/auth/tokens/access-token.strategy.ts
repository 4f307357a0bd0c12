import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { KeyObject } from 'node:crypto';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import type { SignedIn } from '../../platform/access/index.js';
import { Clock } from '../../platform/time/index.js';
import { SessionAccess } from '../data/session-access.sql.js';
import { AccessTokenKeys } from './access-token-keys.js';
import { ALGORITHM, AUDIENCE, ISSUER, keyIdOf, readClaims } from './access-token.js';

/** The token that the guard has found, and the key that it names. */
interface TokenCarrier {
  readonly token: string;
  readonly key: KeyObject;
}

/**
 * passport-jwt's check of an access token by the rules of RFC 8725 and RFC 9068: the header sign for sign, signature with a key of this server, issuer,
 * audience and time; and then whether its session still stands and what its user may do at this moment.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(
    private readonly keys: AccessTokenKeys,
    private readonly sessions: SessionAccess,
    private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: ({ token }: TokenCarrier) => token,
      // jsonwebtoken takes a KeyObject, which passport-jwt's types do not know.
      secretOrKeyProvider: ({ key }: TokenCarrier, _token: string, done: (error: unknown, key?: string) => void) =>
        done(null, key as unknown as string),
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
    });
  }

  /** passport-jwt calls this with the payload of a token that is genuine and has not run out. */
  async validate(payload: unknown): Promise<SignedIn | undefined> {
    const claims = readClaims(payload, Math.floor(this.clock.now().getTime() / 1000));
    return claims && this.sessions.find(claims);
  }

  /**
   * Who the token speaks for; undefined for any token that is not, or no longer, good. Does what passport itself does
   * with a strategy. Passport's own registry is one for the whole process, and would mix up two servers in it.
   * @throws whatever the database says when it cannot be asked
   */
  async identify(token: string): Promise<SignedIn | undefined> {
    const keyId = keyIdOf(token);
    const key = keyId === undefined ? undefined : await this.keys.find(keyId);
    return key && this.check({ token, key: key.publicKey });
  }

  private check(carrier: TokenCarrier): Promise<SignedIn | undefined> {
    return new Promise((resolve, reject) => {
      const attempt = Object.create(this) as Attempt;
      attempt.success = (user) => resolve(user as SignedIn);
      attempt.fail = () => resolve(undefined);
      attempt.error = (error) => reject(error instanceof Error ? error : new Error(String(error)));
      attempt.authenticate(carrier);
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
