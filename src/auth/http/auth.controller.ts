import { Body, Controller, Header, HttpCode, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  Authenticated,
  CurrentActor,
  CurrentUser,
  Public,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import { ApiLimit, ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { LimitByAddress } from '../../platform/limits/index.js';
import { AccountsService } from '../app/accounts.service.js';
import { ChangePasswordService } from '../app/change-password.service.js';
import { ChangePasswordRequest, LoginRequest, RegisterRequest, SignInResponse } from './auth.dto.js';
import { ApiSignInOutcome, type SecondFactorResponse } from './second-step.dto.js';
import { toOutcomeResponse, toSignInResponse } from './sign-in.mapper.js';
import { REGISTRATION, SIGN_IN, SignInLimits } from './sign-in-limits.js';

@ApiTags('auth')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: ChangePasswordService,
    private readonly limits: SignInLimits,
  ) {}

  @Post('register')
  @Public({ ignoresBearer: true })
  @LimitByAddress(REGISTRATION)
  @Header('cache-control', 'no-store')
  @ApiOperationOf('register', 'Make an account', 'Makes a customer and signs in.')
  @ApiCreatedResponse({ type: SignInResponse, description: 'The account and its tokens' })
  @ApiProblems(400, 403, 409, 413, 415, 422, 503)
  async register(
    @Body() body: RegisterRequest,
    @CurrentActor() { origin }: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInResponse> {
    await this.limits.countRegistration(body.email, reply);
    return toSignInResponse(await this.accounts.register(body, origin), reply);
  }

  @Post('login')
  @HttpCode(200)
  @Public({ ignoresBearer: true })
  @LimitByAddress(SIGN_IN)
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'login',
    'Sign in',
    'Begins a session; for an account with a second factor, the step that asks for it (`signInWithSecondFactor`). A wrong ' +
      'password and an unknown address answer alike.',
  )
  @ApiSignInOutcome()
  @ApiProblems(400, 401, 403, 413, 415, 422, 503)
  async login(
    @Body() body: LoginRequest,
    @CurrentActor() { origin }: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInResponse | SecondFactorResponse> {
    const signIn = () => this.accounts.signIn(body, origin);
    return toOutcomeResponse(await this.limits.around(body.email, reply, signIn, origin?.address), reply);
  }

  @Post('password')
  @HttpCode(204)
  @Authenticated()
  @ApiLimit()
  @ApiOperationOf('changeOwnPassword', 'Change the password', 'Signs out every other session of the account.')
  @ApiNoContentResponse({ description: 'Changed' })
  @ApiProblems(400, 413, 415, 422, 503)
  async changePassword(
    @CurrentUser() user: SignedIn,
    @Body() body: ChangePasswordRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const change = () => this.passwords.change(user, body.currentPassword, body.newPassword);
    await this.limits.around(user.userId, reply, change);
  }
}
