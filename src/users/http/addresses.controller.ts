import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { Authenticated, CurrentUser, type SignedIn } from '../../platform/access/index.js';
import {
  AddressRequest,
  ChangeAddressRequest,
  toAddressResponse,
  toPostalAddress,
} from '../../platform/http/address.dto.js';
import {
  ApiOperationOf,
  ApiProblems,
  JsonText,
  PageQuery,
  readTimeKeys,
  timeKeysOf,
  toPage,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { AddressesService } from '../app/addresses.service.js';
import type { SavedAddress } from '../data/addresses.repository.js';
import { SavedAddressesPageResponse, SavedAddressResponse } from './dto/address.dto.js';

const ID = {
  name: 'id',
  description: "One of the user's own addresses",
  example: '0198c5f0-7b7e-7000-8000-000000000002',
};

@ApiTags('users')
@Controller('v1/users/me/addresses')
export class AddressesController {
  constructor(private readonly addresses: AddressesService) {}

  @Get()
  @Authenticated()
  @ApiOperationOf('listOwnAddresses', 'Own addresses', 'Those that the signed-in user keeps, oldest first.')
  @ApiOkResponse({ type: SavedAddressesPageResponse, description: 'A page of addresses' })
  @ApiProblems(400, 422)
  async list(@CurrentUser() user: SignedIn, @Query() query: PageQuery): Promise<SavedAddressesPageResponse> {
    const rows = await this.addresses.list(user.userId, readTimeKeys(query.cursor), query.limit);
    return toPage(rows, query.limit, timeKeysOf, toSavedResponse);
  }

  @Post()
  @Authenticated()
  @ApiIdempotencyKey()
  @ApiOperationOf('addOwnAddress', 'Keep an address', 'An account keeps up to 50.')
  @ApiCreatedResponse({ type: SavedAddressResponse, description: 'The address' })
  @ApiProblems(400, 409, 413, 415, 422)
  async add(
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
    @Body() body: AddressRequest,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, 'POST /v1/users/me/addresses', body);
    const answer = await this.addresses.add(user.userId, toPostalAddress(body), use, (address) =>
      JSON.stringify(toSavedResponse(address)),
    );
    return new JsonText(answer.body);
  }

  @Patch(':id')
  @ApiParam(ID)
  @Authenticated()
  @ApiOperationOf('changeOwnAddress', 'Change an address', 'Fields that are left out stay as they are.')
  @ApiOkResponse({ type: SavedAddressResponse, description: 'The address as it is now' })
  @ApiProblems(400, 404, 413, 415, 422)
  async change(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @Body() body: ChangeAddressRequest,
  ): Promise<SavedAddressResponse> {
    return toSavedResponse(await this.addresses.change(user.userId, id, { ...body }));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiParam(ID)
  @Authenticated()
  @ApiOperationOf('deleteOwnAddress', 'Forget an address', 'Orders that were sent there keep their copy.')
  @ApiNoContentResponse({ description: 'Forgotten' })
  @ApiProblems(400, 404, 422)
  async remove(@CurrentUser() user: SignedIn, @Param('id') id: string): Promise<void> {
    await this.addresses.remove(user.userId, id);
  }
}

function toSavedResponse(address: SavedAddress): SavedAddressResponse {
  return { id: address.id, ...toAddressResponse(address) };
}
