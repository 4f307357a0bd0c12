import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { ApiOperationOf, ApiProblems, JsonText, readTimeKeys, timeKeysOf, toPage } from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { ReplayService } from '../app/replay.service.js';
import { DeliveriesRepository } from '../data/deliveries.repository.js';
import { SubscriptionsRepository } from '../data/subscriptions.repository.js';
import {
  DeliveriesQuery,
  WebhookDeliveriesPageResponse,
  WebhookDeliveryDetailResponse,
  WebhookDeliveryResponse,
} from './delivery.dto.js';
import { toDeliveryDetail, toDeliveryResponse } from './webhooks.mapper.js';

const WEBHOOK_ID = { name: 'id', description: 'The subscription', example: '0198c5f0-7b7e-7000-8000-000000000060' };
const DELIVERY_ID = {
  name: 'deliveryId',
  description: 'The delivery',
  example: '0198c5f0-7b7e-7000-8000-000000000070',
};

@ApiTags('webhooks')
@Controller('v1')
export class WebhookDeliveriesController {
  constructor(
    private readonly subscriptions: SubscriptionsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly replays: ReplayService,
  ) {}

  @Get('webhooks/:id/deliveries')
  @ApiParam(WEBHOOK_ID)
  @RequirePermission('deliveries:read')
  @ApiOperationOf(
    'listWebhookDeliveries',
    'Deliveries of a subscription',
    'Newest first. They are kept for 30 days after they were taken or given up.',
  )
  @ApiOkResponse({ type: WebhookDeliveriesPageResponse, description: 'A page of deliveries' })
  @ApiProblems(400, 404, 422)
  async list(@Param('id') id: string, @Query() query: DeliveriesQuery): Promise<WebhookDeliveriesPageResponse> {
    const { status, limit, cursor } = query;
    const before = readTimeKeys(cursor);
    const subscription = isUuid(id) ? await this.subscriptions.findById(id) : undefined;
    if (!subscription) throw new NotFoundError('webhook');
    const rows = await this.deliveries.list({ subscriptionId: subscription.id, status, before, limit });
    return toPage(rows, limit, timeKeysOf, toDeliveryResponse);
  }

  @Get('webhook-deliveries/:deliveryId')
  @ApiParam(DELIVERY_ID)
  @RequirePermission('deliveries:read')
  @ApiOperationOf('getWebhookDelivery', 'A delivery', 'What is sent, every try, and what came of it.')
  @ApiOkResponse({ type: WebhookDeliveryDetailResponse, description: 'The delivery' })
  @ApiProblems(400, 404, 422)
  async read(@Param('deliveryId') id: string): Promise<WebhookDeliveryDetailResponse> {
    const delivery = isUuid(id) ? await this.deliveries.findById(id) : undefined;
    if (!delivery) throw new NotFoundError('webhook_delivery');
    return toDeliveryDetail(delivery, await this.deliveries.findAttempts(delivery.id));
  }

  @Post('webhook-deliveries/:deliveryId/replay')
  @HttpCode(202)
  @ApiParam(DELIVERY_ID)
  @RequirePermission('deliveries:write')
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'replayWebhookDelivery',
    'Send a delivery again',
    'The same body under the same `webhook-id`, at once. One that was taken or given up has all its tries anew; one that still waits keeps its count.',
  )
  @ApiAcceptedResponse({ type: WebhookDeliveryResponse, description: 'The delivery, queued' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async replay(
    @Param('deliveryId') id: string,
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    if (!isUuid(id)) throw new NotFoundError('webhook_delivery');
    const use = useOfUsersKey(user, key, `POST /v1/webhook-deliveries/${id}/replay`, {});
    const answer = await this.replays.replay(user, id, use, (delivery) => JSON.stringify(toDeliveryResponse(delivery)));
    return new JsonText(answer.body);
  }
}
