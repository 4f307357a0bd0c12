import { Body, Controller, Get, Header, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentUser, type SignedIn } from '../../platform/access/index.js';
import { ApiLimit, ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { PasskeyRegistration } from '../app/passkey-registration.service.js';
import { PasskeysService } from '../app/passkeys.service.js';
import { PasskeyResponse } from './factors.dto.js';
import { toPasskeyResponse } from './factors.mapper.js';
import { AddPasskeyRequest, CeremonyResponse, PasskeysResponse, RenamePasskeyRequest } from './passkey.dto.js';
import { ProofRequest } from './proof.dto.js';

const ID = { name: 'id', description: "The credential's id", example: 'mMNq4Lr3x9vVQb2kYzOYdw' };

@ApiTags('auth')
@Controller('v1/auth/passkeys')
export class PasskeysController {
  constructor(
    private readonly registration: PasskeyRegistration,
    private readonly passkeys: PasskeysService,
  ) {}

  @Post('registration')
  @HttpCode(200)
  @Authenticated()
  @ApiLimit()
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'beginPasskey',
    'Begin a passkey',
    'Gives the options for `navigator.credentials.create`. Needs the password or a code of the second factor.',
  )
  @ApiOkResponse({ type: CeremonyResponse, description: 'For the browser' })
  @ApiProblems(400, 403, 409, 413, 415, 422, 503)
  begin(@CurrentUser() user: SignedIn, @Body() body: ProofRequest): Promise<CeremonyResponse> {
    return this.registration.begin(user, body);
  }

  @Post()
  @Authenticated()
  @ApiOperationOf(
    'addPasskey',
    'Add a passkey',
    'Keeps what the browser made of the options. An account has twenty at most.',
  )
  @ApiCreatedResponse({ type: PasskeyResponse, description: 'The passkey' })
  @ApiProblems(400, 409, 413, 415, 422)
  async add(@CurrentUser() user: SignedIn, @Body() body: AddPasskeyRequest): Promise<PasskeyResponse> {
    return toPasskeyResponse(await this.registration.finish(user, body));
  }

  @Get()
  @Authenticated()
  @ApiOperationOf('listOwnPasskeys', 'Own passkeys', 'All of them, oldest first.')
  @ApiOkResponse({ type: PasskeysResponse, description: 'The passkeys' })
  @ApiProblems(400)
  async list(@CurrentUser() user: SignedIn): Promise<PasskeysResponse> {
    return { items: (await this.passkeys.list(user)).map(toPasskeyResponse) };
  }

  @Patch(':id')
  @ApiParam(ID)
  @Authenticated()
  @ApiOperationOf('renamePasskey', 'Rename a passkey', 'Changes what its owner calls it.')
  @ApiOkResponse({ type: PasskeyResponse, description: 'The passkey as it is now' })
  @ApiProblems(400, 404, 413, 415, 422)
  async rename(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @Body() body: RenamePasskeyRequest,
  ): Promise<PasskeyResponse> {
    return toPasskeyResponse(await this.passkeys.rename(user, id, body.name));
  }

  // No DELETE, for the reason given at `disableTotp`: it takes a proof in its body.
  @Post(':id/remove')
  @HttpCode(204)
  @ApiParam(ID)
  @Authenticated()
  @ApiLimit()
  @ApiOperationOf(
    'removePasskey',
    'Remove a passkey',
    'Needs the password or a code of the second factor. The last way of signing in stays.',
  )
  @ApiNoContentResponse({ description: 'Removed' })
  @ApiProblems(400, 403, 404, 409, 413, 415, 422, 503)
  remove(@CurrentUser() user: SignedIn, @Param('id') id: string, @Body() body: ProofRequest): Promise<void> {
    return this.passkeys.remove(user, id, body);
  }
}
