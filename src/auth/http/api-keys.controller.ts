import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { AlsoOpens, Authenticated, CurrentUser, type SignedIn } from '../../platform/access/index.js';
import { ApiLimit, ApiOperationOf, ApiProblems, readIdKey, toPage } from '../../platform/http/index.js';
import { Clock } from '../../platform/time/index.js';
import { ApiKeysService } from '../app/api-keys.service.js';
import {
  ApiKeyResponse,
  ApiKeysPageResponse,
  ApiKeysQuery,
  ApiKeyWithSecretResponse,
  ChangeApiKeyRequest,
  CreateApiKeyRequest,
  RotateApiKeyRequest,
} from './api-key.dto.js';
import { toApiKeyResponse, toApiKeyWithSecret } from './api-keys.mapper.js';

const ID = { name: 'id', description: 'The key', example: '0198c5f0-7b7e-7000-8000-000000000070' };

@ApiTags('auth')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Authenticated()
  @AlsoOpens({ 'users:read': "another account's, by `userId`" })
  @ApiOperationOf('listApiKeys', 'API keys', "One's own, newest first; with `users:read` another account's, too.")
  @ApiOkResponse({ type: ApiKeysPageResponse, description: 'A page of keys' })
  @ApiProblems(400, 403, 404, 422)
  async list(@CurrentUser() user: SignedIn, @Query() query: ApiKeysQuery): Promise<ApiKeysPageResponse> {
    const rows = await this.keys.list(user, query.userId, readIdKey(query.cursor), query.limit);
    const now = this.clock.now();
    return toPage(
      rows,
      query.limit,
      ({ id }) => [id],
      (key) => toApiKeyResponse(key, now),
    );
  }

  @Post()
  @Authenticated()
  @Header('cache-control', 'no-store')
  @ApiLimit()
  @ApiOperationOf(
    'createApiKey',
    'Make an API key',
    'For a program that acts for its owner, with permissions within those that the owner holds. Takes the password or a code ' +
      'of the second factor; of an account that has neither, a session begun within the last ten minutes. The answer alone shows the key.',
  )
  @ApiCreatedResponse({ type: ApiKeyWithSecretResponse, description: 'The key with its secret' })
  @ApiProblems(400, 403, 409, 413, 415, 422, 503)
  async create(@CurrentUser() user: SignedIn, @Body() body: CreateApiKeyRequest): Promise<ApiKeyWithSecretResponse> {
    const { name, permissions, expiresAt, password, code } = body;
    const wish = { name, permissions, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt) };
    return toApiKeyWithSecret(await this.keys.make(user, wish, { password, code }), this.clock.now());
  }

  @Get(':id')
  @ApiParam(ID)
  @Authenticated()
  @AlsoOpens({ 'users:read': "anybody's" })
  @ApiOperationOf('getApiKey', 'An API key', 'Without its secret, which nobody can see again.')
  @ApiOkResponse({ type: ApiKeyResponse, description: 'The key' })
  @ApiProblems(400, 403, 404, 422)
  async read(@CurrentUser() user: SignedIn, @Param('id') id: string): Promise<ApiKeyResponse> {
    return toApiKeyResponse(await this.keys.read(user, id), this.clock.now());
  }

  @Patch(':id')
  @ApiParam(ID)
  @Authenticated()
  @ApiOperationOf('renameApiKey', 'Rename an API key', 'What it may do stays as it was made; make another for that.')
  @ApiOkResponse({ type: ApiKeyResponse, description: 'The key as it is now' })
  @ApiProblems(400, 403, 404, 413, 415, 422)
  async rename(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @Body() body: ChangeApiKeyRequest,
  ): Promise<ApiKeyResponse> {
    return toApiKeyResponse(await this.keys.rename(user, id, body.name), this.clock.now());
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiParam(ID)
  @Authenticated()
  @AlsoOpens({ 'users:write': "anybody's that does no more than the caller may" })
  @ApiOperationOf(
    'revokeApiKey',
    'Revoke an API key',
    "It is refused from the next request on, on every process, for good. Another account's with `users:write`.",
  )
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiProblems(400, 403, 404, 422)
  async revoke(@CurrentUser() user: SignedIn, @Param('id') id: string): Promise<void> {
    await this.keys.revoke(user, id);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @ApiParam(ID)
  @Authenticated()
  @Header('cache-control', 'no-store')
  @ApiLimit()
  @ApiOperationOf(
    'rotateApiKey',
    "Change an API key's secret",
    'The answer alone shows the new key. The old one stays good for the overlap; one before that is good no more. Takes the same proof as making one.',
  )
  @ApiOkResponse({ type: ApiKeyWithSecretResponse, description: 'The key with its new secret' })
  @ApiProblems(400, 403, 404, 409, 413, 415, 422, 503)
  async rotate(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @Body() body: RotateApiKeyRequest,
  ): Promise<ApiKeyWithSecretResponse> {
    const { overlapSeconds, password, code } = body;
    return toApiKeyWithSecret(await this.keys.rotate(user, id, overlapSeconds, { password, code }), this.clock.now());
  }
}
