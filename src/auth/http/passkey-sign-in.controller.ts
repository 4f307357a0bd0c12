import { Body, Controller, Header, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentActor, Public, type Actor } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { LimitByAddress } from '../../platform/limits/index.js';
import { Ceremonies } from '../app/ceremonies.js';
import { PasskeySignIn } from '../app/passkey-sign-in.service.js';
import { SignInResponse } from './auth.dto.js';
import { CeremonyResponse, PasskeySignInRequest } from './passkey.dto.js';
import { SIGN_IN } from './sign-in-limits.js';
import { toSignInResponse } from './sign-in.mapper.js';

@ApiTags('auth')
@Controller('v1/auth/passkeys/sign-in')
export class PasskeySignInController {
  constructor(
    private readonly ceremonies: Ceremonies,
    private readonly passkeys: PasskeySignIn,
  ) {}

  @Post('options')
  @HttpCode(200)
  @Public({ ignoresBearer: true })
  @LimitByAddress(SIGN_IN)
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'beginPasskeySignIn',
    'Begin a sign-in with a passkey',
    'Gives the options for `navigator.credentials.get`, the same for everybody: the person chooses the account on their device.',
  )
  @ApiOkResponse({ type: CeremonyResponse, description: 'For the browser' })
  @ApiProblems(400, 409, 413, 415)
  begin(): Promise<CeremonyResponse> {
    return this.ceremonies.beginSignIn();
  }

  @Post()
  @HttpCode(200)
  @Public({ ignoresBearer: true })
  @LimitByAddress(SIGN_IN)
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'signInWithPasskey',
    'Sign in with a passkey',
    'Begins a session. The device has verified the person, so that no second step follows.',
  )
  @ApiOkResponse({ type: SignInResponse, description: 'The account and its tokens' })
  @ApiProblems(400, 401, 403, 409, 413, 415, 422)
  async signIn(
    @Body() body: PasskeySignInRequest,
    @CurrentActor() { origin }: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInResponse> {
    return toSignInResponse(await this.passkeys.signIn(body, origin), reply);
  }
}
