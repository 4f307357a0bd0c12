import { Body, Controller, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  IfMatch,
  type ExpectedVersions,
  type JsonText,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { FulfilOrderService } from '../app/fulfil-order.service.js';
import type { Tracking } from '../domain/fulfilment.js';
import { FulfilOrderRequest, TrackingRequest } from './fulfilment.dto.js';
import { OrderDetailResponse } from './order-response.dto.js';
import { orderAnswer } from './orders.requests.js';

@ApiTags('orders')
@Controller('v1/orders/:id/fulfilments')
export class FulfilmentsController {
  constructor(private readonly fulfilling: FulfilOrderService) {}

  @Post()
  @HttpCode(201)
  @RequirePermission('orders:write')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'fulfilOrder',
    'Send an order, or a part of it',
    'Never more than was bought and neither sent nor given up. Units that were sold in another location than the one that sends them are transferred in its books. The customer gets a mail. Answers the whole order.',
  )
  @ApiCreatedResponse({ type: OrderDetailResponse, description: 'The order with its parcels' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async fulfil(
    @Param('id') id: string,
    @Body() body: FulfilOrderRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, `POST /v1/orders/${id}/fulfilments`, body);
    const input = {
      items: body.items,
      locationId: body.locationId,
      carrier: body.carrier ?? null,
      trackingNumber: body.trackingNumber ?? null,
      trackingUrl: body.trackingUrl ?? null,
      expected,
    };
    return orderAnswer(await this.fulfilling.fulfil(id, input, user, use), reply);
  }

  @Patch(':fulfilmentId')
  @RequirePermission('orders:write')
  @ApiIfMatch()
  @ApiOperationOf(
    'updateFulfilment',
    "Change a parcel's tracking",
    'What is not given stays. `If-Match` goes by the version of the order. Answers the whole order.',
  )
  @ApiOkResponse({ type: OrderDetailResponse, description: 'The order with its parcels' })
  @ApiProblems(400, 404, 413, 415, 422)
  async update(
    @Param('id') id: string,
    @Param('fulfilmentId') fulfilmentId: string,
    @Body() body: TrackingRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const input = { tracking: trackingOf(body), expected };
    return orderAnswer(await this.fulfilling.changeTracking(id, fulfilmentId, input, user), reply);
  }
}

function trackingOf({ carrier, trackingNumber, trackingUrl }: TrackingRequest): Partial<Tracking> {
  return {
    ...(carrier === undefined ? {} : { carrier }),
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
    ...(trackingUrl === undefined ? {} : { trackingUrl }),
  };
}
