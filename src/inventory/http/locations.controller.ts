import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  IfMatch,
  JsonText,
  type ExpectedVersions,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { LocationsService } from '../app/locations.service.js';
import { toLocationResponse } from './inventory.mapper.js';
import {
  CreateLocationRequest,
  LocationListResponse,
  LocationResponse,
  UpdateLocationRequest,
} from './location.dto.js';

const ID = { name: 'id', description: 'The location', example: '0198c5f0-7b7e-7000-8000-000000000010' } as const;

@ApiTags('inventory')
@Controller('v1/locations')
export class LocationsController {
  constructor(private readonly locations: LocationsService) {}

  @Get()
  @RequirePermission('inventory:read')
  @ApiOperationOf('listLocations', 'All locations', 'The places where stock lies, by priority.')
  @ApiOkResponse({ type: LocationListResponse, description: 'The locations' })
  @ApiProblems(400)
  async list(): Promise<LocationListResponse> {
    return { items: (await this.locations.list()).map(toLocationResponse) };
  }

  @Post()
  @HttpCode(201)
  @RequirePermission('inventory:write')
  @ApiIdempotencyKey()
  @ApiOperationOf('createLocation', 'Add a location', 'A place where stock lies; it begins empty.')
  @ApiCreatedResponse({ type: LocationResponse, description: 'The location' })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(
    @Body() body: CreateLocationRequest,
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, 'POST /v1/locations', body);
    const answer = await this.locations.create(user, body, use, (row) => JSON.stringify(toLocationResponse(row)));
    return new JsonText(answer.body, (JSON.parse(answer.body) as LocationResponse).version);
  }

  @Patch(':id')
  @RequirePermission('inventory:write')
  @ApiIfMatch()
  @ApiOperationOf(
    'updateLocation',
    'Change a location',
    'What is not given stays. An inactive location sells nothing more; what lies there stays in the books. One location stays active.',
  )
  @ApiParam(ID)
  @ApiOkResponse({ type: LocationResponse, description: 'The location' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async update(
    @Param('id') id: string,
    @Body() body: UpdateLocationRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<LocationResponse> {
    return toLocationResponse(await this.locations.change(user, id, body, expected));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('inventory:write')
  @ApiIfMatch()
  @ApiOperationOf(
    'deleteLocation',
    'Delete a location',
    'Only one that was never used: the ledger keeps the others, which can be deactivated.',
  )
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'It is gone' })
  @ApiProblems(400, 404, 409, 422)
  async delete(
    @Param('id') id: string,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<void> {
    await this.locations.delete(user, id, expected);
  }
}
