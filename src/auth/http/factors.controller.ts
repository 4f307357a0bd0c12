import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentUser, type SignedIn } from '../../platform/access/index.js';
import { ApiLimit, ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { BeginTotp } from '../app/begin-totp.service.js';
import { ConfirmTotp } from '../app/confirm-totp.service.js';
import { DisableTotp } from '../app/disable-totp.service.js';
import { FactorsService } from '../app/factors.service.js';
import { RecoveryCodesService } from '../app/recovery-codes.service.js';
import { ConfirmTotpRequest, FactorsResponse, RecoveryCodesResponse, TotpSecretResponse } from './factors.dto.js';
import { toFactorsResponse } from './factors.mapper.js';
import { ProofRequest } from './proof.dto.js';

@ApiTags('auth')
@Controller('v1/auth')
export class FactorsController {
  constructor(
    private readonly factors: FactorsService,
    private readonly beginTotp: BeginTotp,
    private readonly confirmTotp: ConfirmTotp,
    private readonly disableTotp: DisableTotp,
    private readonly recoveryCodes: RecoveryCodesService,
  ) {}

  @Get('factors')
  @Authenticated()
  @ApiOperationOf('getOwnFactors', 'Own factors', 'How the account is signed in to. No secret is shown.')
  @ApiOkResponse({ type: FactorsResponse, description: 'Password, codes and passkeys' })
  @ApiProblems(400)
  async read(@CurrentUser() user: SignedIn): Promise<FactorsResponse> {
    return toFactorsResponse(await this.factors.of(user.userId));
  }

  @Post('totp')
  @Authenticated()
  @ApiLimit()
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'beginTotp',
    'Begin a second factor',
    'Makes the secret of an authenticator app (RFC 6238). Sign-ins ask for its codes once `confirmTotp` was given one of them, ' +
      'within fifteen minutes; asking again makes another secret.',
  )
  @ApiCreatedResponse({ type: TotpSecretResponse, description: 'The secret, shown this once' })
  @ApiProblems(400, 403, 409, 413, 415, 422, 503)
  begin(@CurrentUser() user: SignedIn, @Body() body: ProofRequest): Promise<TotpSecretResponse> {
    return this.beginTotp.begin(user, body);
  }

  @Post('totp/confirm')
  @HttpCode(200)
  @Authenticated()
  @ApiLimit()
  @Header('cache-control', 'no-store')
  @ApiOperationOf('confirmTotp', 'Switch the second factor on', 'From now on sign-ins by password ask for a code.')
  @ApiOkResponse({ type: RecoveryCodesResponse, description: 'It is on' })
  @ApiProblems(400, 409, 413, 415, 422)
  async confirm(@CurrentUser() user: SignedIn, @Body() body: ConfirmTotpRequest): Promise<RecoveryCodesResponse> {
    return { recoveryCodes: await this.confirmTotp.confirm(user, body.code) };
  }

  // No DELETE: what takes away a factor needs a proof in its body, and a body of DELETE has no meaning that proxies and
  // clients agree on (RFC 9110, 9.3.5).
  @Post('totp/disable')
  @HttpCode(204)
  @Authenticated()
  @ApiLimit()
  @ApiOperationOf(
    'disableTotp',
    'Switch the second factor off',
    'Takes the secret and the recovery codes away. Needs the password, a code of the app or a recovery code.',
  )
  @ApiNoContentResponse({ description: 'It is off' })
  @ApiProblems(400, 403, 409, 413, 415, 422, 503)
  disable(@CurrentUser() user: SignedIn, @Body() body: ProofRequest): Promise<void> {
    return this.disableTotp.disable(user, body);
  }

  @Post('recovery-codes')
  @HttpCode(200)
  @Authenticated()
  @ApiLimit()
  @Header('cache-control', 'no-store')
  @ApiOperationOf('renewRecoveryCodes', 'New recovery codes', 'Ten new ones; those there were stop working.')
  @ApiOkResponse({ type: RecoveryCodesResponse, description: 'The new codes' })
  @ApiProblems(400, 403, 409, 413, 415, 422, 503)
  async renew(@CurrentUser() user: SignedIn, @Body() body: ProofRequest): Promise<RecoveryCodesResponse> {
    return { recoveryCodes: await this.recoveryCodes.renew(user, body) };
  }
}
