import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCESS, setActor, type Access, type Origin, type SignedIn } from '../../platform/access/index.js';
import { clientAddressOf } from '../../platform/http/index.js';
import { RequestLimits } from '../../platform/limits/index.js';
import { SessionRequiredError } from '../api-keys.errors.js';
import {
  AccessUndeclaredError,
  PermissionMissingError,
  SecondFactorMissingError,
  SignInRequiredError,
  TokenInvalidError,
} from '../auth.errors.js';
import { ApiKeyAccess } from '../data/api-key-access.sql.js';
import { looksLikeApiKey } from '../domain/api-key.js';
import { AccessTokenStrategy } from '../tokens/access-token.strategy.js';
import { bearerToken } from './bearer-token.js';
import { FrontEnds } from './front-ends.js';

/**
 * The one guard of every route: closed unless the route says who may use it. A bearer that is sent must be good, also
 * where none is needed, so that a client never takes a guest's answer for its own.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokenStrategy,
    private readonly keys: ApiKeyAccess,
    private readonly limits: RequestLimits,
    private readonly frontEnds: FrontEnds,
  ) {}

  /**
   * @throws AppError `auth.token_invalid`, `auth.required` (401), `auth.permission_missing`, `auth.second_factor_missing`,
   *   `auth.session_required`, `auth.access_undeclared`, `auth.cross_site` (403), `request.rate_limited` (429)
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) throw new AccessUndeclaredError();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const origin = originOf(request);
    setActor(request, { kind: 'guest', origin });
    this.frontEnds.refuseForeignCookie(request);
    if (access.kind === 'public' && access.ignoresBearer) return true;
    const user = await this.identify(request);
    if (user) {
      setActor(request, { ...user, origin });
      this.limits.countCaller(request, http.getResponse<FastifyReply>(), user);
    }
    if (access.kind === 'public' || access.kind === 'capability') return true;
    if (!user) throw new SignInRequiredError();
    if (access.kind === 'authenticated' && user.via.kind === 'key' && !access.apiKeys) throw new SessionRequiredError();
    if (access.kind === 'permission' && !user.permissions.has(access.permission)) {
      if (user.via.kind === 'session' && user.via.lacksSecondFactor) throw new SecondFactorMissingError();
      throw new PermissionMissingError(access.permission);
    }
    return true;
  }

  private async identify(request: FastifyRequest): Promise<SignedIn | undefined> {
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) return undefined;
    const user = token === '' ? undefined : await this.ownerOf(token);
    if (!user) throw new TokenInvalidError();
    return user;
  }

  private ownerOf(token: string): Promise<SignedIn | undefined> {
    return looksLikeApiKey(token) ? this.keys.find(token) : this.tokens.identify(token);
  }
}

/** No longer than what says something of a client. */
const AGENT_LENGTH = 300;

function originOf(request: FastifyRequest): Origin {
  return {
    address: clientAddressOf(request),
    userAgent: request.headers['user-agent']?.slice(0, AGENT_LENGTH),
    requestId: request.id,
  };
}
