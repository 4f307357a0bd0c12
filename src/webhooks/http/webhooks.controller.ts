import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  IfMatch,
  JsonText,
  PageQuery,
  readIdKey,
  toPage,
  type ExpectedVersions,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, type KeptAnswer, useOfUsersKey } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { SubscriptionsService } from '../app/subscriptions.service.js';
import { SubscriptionsRepository } from '../data/subscriptions.repository.js';
import { PUBLIC_EVENT_TYPES } from '../domain/public-events.js';
import {
  ChangeWebhookRequest,
  CreateWebhookRequest,
  RotateWebhookSecretRequest,
  WebhookEventTypesResponse,
  WebhookResponse,
  WebhooksPageResponse,
  WebhookWithSecretResponse,
} from './webhook.dto.js';
import { toEventTypeResponse, toWebhookResponse, toWebhookWithSecret } from './webhooks.mapper.js';

const ID = { name: 'id', description: 'The subscription', example: '0198c5f0-7b7e-7000-8000-000000000060' };

@ApiTags('webhooks')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly service: SubscriptionsService,
    private readonly subscriptions: SubscriptionsRepository,
  ) {}

  @Get()
  @RequirePermission('webhooks:read')
  @ApiOperationOf('listWebhooks', 'Webhook subscriptions', 'Newest first, without their secrets.')
  @ApiOkResponse({ type: WebhooksPageResponse, description: 'A page of subscriptions' })
  @ApiProblems(400, 422)
  async list(@Query() query: PageQuery): Promise<WebhooksPageResponse> {
    const rows = await this.subscriptions.list(readIdKey(query.cursor), query.limit);
    return toPage(rows, query.limit, ({ id }) => [id], toWebhookResponse);
  }

  @Post()
  @RequirePermission('webhooks:write')
  @Header('cache-control', 'no-store')
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'createWebhook',
    'Subscribe to events',
    'From then on each event of the types is posted to the address, signed as Standard Webhooks says. The answer alone shows the secret; the same request under the same key shows it again for as long as answers are kept.',
  )
  @ApiCreatedResponse({ type: WebhookWithSecretResponse, description: 'The subscription with its secret' })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(
    @Body() body: CreateWebhookRequest,
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, 'POST /v1/webhooks', body);
    return secretAnswer(await this.service.create(body, user, use, (row) => JSON.stringify(toWebhookWithSecret(row))));
  }

  @Get('event-types')
  @RequirePermission('webhooks:read')
  @ApiOperationOf('listWebhookEventTypes', 'Types of events', 'All that can be subscribed to, each with an example.')
  @ApiOkResponse({ type: WebhookEventTypesResponse, description: 'The types' })
  @ApiProblems(400)
  eventTypes(): WebhookEventTypesResponse {
    return { items: PUBLIC_EVENT_TYPES.map(toEventTypeResponse) };
  }

  @Get(':id')
  @ApiParam(ID)
  @RequirePermission('webhooks:read')
  @ApiOperationOf('getWebhook', 'A subscription', 'How it stands, and how its endpoint has fared. Without its secret.')
  @ApiOkResponse({ type: WebhookResponse, description: 'The subscription' })
  @ApiProblems(400, 404, 422)
  async read(@Param('id') id: string): Promise<WebhookResponse> {
    const subscription = await this.subscriptions.findById(known(id));
    if (!subscription) throw new NotFoundError('webhook');
    return toWebhookResponse(subscription);
  }

  @Patch(':id')
  @ApiParam(ID)
  @RequirePermission('webhooks:write')
  @ApiIfMatch()
  @ApiOperationOf('changeWebhook', 'Change a subscription', 'Fields that are left out stay as they are.')
  @ApiOkResponse({ type: WebhookResponse, description: 'The subscription as it is now' })
  @ApiProblems(400, 404, 413, 415, 422)
  async change(
    @Param('id') id: string,
    @Body() body: ChangeWebhookRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<WebhookResponse> {
    return toWebhookResponse(await this.service.change(user, known(id), body, expected));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiParam(ID)
  @RequirePermission('webhooks:write')
  @ApiIfMatch()
  @ApiOperationOf('deleteWebhook', 'Unsubscribe', 'Its deliveries, and the record of them, go with it.')
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiProblems(400, 404, 422)
  async remove(
    @Param('id') id: string,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<void> {
    await this.service.delete(user, known(id), expected);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @ApiParam(ID)
  @RequirePermission('webhooks:write')
  @Header('cache-control', 'no-store')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'rotateWebhookSecret',
    "Change a subscription's secret",
    'The answer alone shows the new one. Until the overlap is over deliveries carry a signature by each; a secret before those two is valid no more.',
  )
  @ApiOkResponse({ type: WebhookWithSecretResponse, description: 'The subscription with its new secret' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async rotate(
    @Param('id') id: string,
    @Body() body: RotateWebhookSecretRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, `POST /v1/webhooks/${known(id)}/rotate-secret`, body);
    const render = (row: Parameters<typeof toWebhookWithSecret>[0]) => JSON.stringify(toWebhookWithSecret(row));
    return secretAnswer(await this.service.rotateSecret(user, known(id), body.overlapHours, expected, use, render));
  }
}

/** @throws NotFoundError for what cannot be an id. */
function known(id: string): string {
  if (!isUuid(id)) throw new NotFoundError('webhook');
  return id;
}

function secretAnswer({ body }: KeptAnswer): JsonText {
  return new JsonText(body, (JSON.parse(body) as WebhookResponse).version);
}
