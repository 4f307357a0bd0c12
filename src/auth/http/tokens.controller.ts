import { Body, Controller, Header, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentActor, Public, type Actor } from '../../platform/access/index.js';
import { InvalidError } from '../../platform/errors/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { LimitByAddress } from '../../platform/limits/index.js';
import { SessionRequiredError } from '../api-keys.errors.js';
import { RefreshService, type ShownToken } from '../app/refresh.service.js';
import { SessionsService, type SignInResult } from '../app/sessions.service.js';
import { RefreshTokenInvalidError } from '../auth.errors.js';
import { SignInResponse } from './auth.dto.js';
import { EmptyBodyGuard } from './empty-body.guard.js';
import { FrontEnds } from './front-ends.js';
import { clearRefreshCookie, readRefreshCookie } from './refresh-cookie.js';
import { REFRESH } from './sign-in-limits.js';
import { toSignInResponse } from './sign-in.mapper.js';
import { RefreshRequest } from './tokens.dto.js';

const ApiClientHeader = () =>
  ApiHeader({
    name: 'X-Backroom-Client',
    required: false,
    description: '`web` from a page that holds its refresh token in the cookie',
    schema: { type: 'string', enum: ['web'] },
    example: 'web',
  });

/** What is done with the refresh token of a session, in the body or in the cookie. */
@ApiTags('auth')
@Controller('v1/auth')
export class TokensController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly refreshing: RefreshService,
    private readonly frontEnds: FrontEnds,
  ) {}

  @Post('refresh')
  @HttpCode(200)
  @Public({ ignoresBearer: true })
  @LimitByAddress(REFRESH)
  @UseGuards(EmptyBodyGuard)
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'refreshTokens',
    'Get new tokens',
    'A refresh token is good once. Requests with the same token that are under way at the same time get the same next token; when it comes ' +
      'later, its whole session is signed out. Where the body names none, the token is that of the cookie of a session that was ' +
      'begun with `cookie`, for an allowed origin that sends `X-Backroom-Client: web`.',
  )
  @ApiClientHeader()
  @ApiBody({ type: RefreshRequest, required: false, description: 'The token, unless it is in the cookie' })
  @ApiOkResponse({ type: SignInResponse, description: 'The account and its next tokens' })
  @ApiProblems(400, 401, 403, 413, 415, 422)
  async refresh(
    @Body() { refreshToken }: RefreshRequest,
    @Req() request: FastifyRequest,
    @CurrentActor() { origin }: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInResponse> {
    const inBody = refreshToken === undefined ? undefined : ({ token: refreshToken, via: 'body' } as const);
    const shown = inBody ?? this.shownByCookie(request);
    if (!shown) throw tokenMissing();
    return toSignInResponse(await this.refreshed(shown, origin, reply), reply);
  }

  @Post('logout')
  @HttpCode(204)
  @Public()
  @ApiOperationOf(
    'logout',
    'Sign out',
    "The session's access and refresh tokens stop working at once. The session is that of the access token; without one, that of the cookie, " +
      'for an allowed origin that sends `X-Backroom-Client: web`.',
  )
  @ApiClientHeader()
  @ApiNoContentResponse({ description: 'Signed out' })
  @ApiProblems(400, 403)
  async logout(
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (actor.kind === 'user') {
      if (actor.via.kind === 'key') throw new SessionRequiredError();
      if (await this.sessions.close(actor)) clearRefreshCookie(reply);
      return;
    }
    const shown = this.shownByCookie(request);
    if (!shown) throw new RefreshTokenInvalidError();
    clearRefreshCookie(reply);
    await this.refreshing.end(shown, actor.origin);
  }

  /** The token of the cookie; undefined where the request does not say that it comes with one. */
  private shownByCookie(request: FastifyRequest): ShownToken | undefined {
    const token = readRefreshCookie(request.headers.cookie);
    if (token === undefined && !this.frontEnds.isWeb(request)) return undefined;
    this.frontEnds.requireOwn(request);
    if (token === undefined) throw new RefreshTokenInvalidError();
    return { token, via: 'cookie' };
  }

  private async refreshed(shown: ShownToken, origin: Actor['origin'], reply: FastifyReply): Promise<SignInResult> {
    try {
      return await this.refreshing.refresh(shown, origin);
    } catch (error) {
      // A browser would send it again and again.
      if (shown.via === 'cookie' && error instanceof RefreshTokenInvalidError) clearRefreshCookie(reply);
      throw error;
    }
  }
}

function tokenMissing(): InvalidError {
  return new InvalidError('request.invalid', 'Some values are not acceptable.', [
    { pointer: '/refreshToken', code: 'isString', detail: 'refreshToken must be a string' },
  ]);
}
