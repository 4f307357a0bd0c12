import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  AlsoOpens,
  Capability,
  CurrentActor,
  CurrentUser,
  RequirePermission,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  IfMatch,
  type ExpectedVersions,
  type JsonText,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, type KeyUse, useOfKey } from '../../platform/idempotency/index.js';
import { OrderAccess, type OrderCaller } from '../app/order-access.js';
import { ReceiveReturnService } from '../app/receive-return.service.js';
import { ReturnOrderService } from '../app/return-order.service.js';
import { OrderDetailResponse } from './order-response.dto.js';
import { ApiOrderToken } from './order-token.decorator.js';
import { orderAnswer } from './orders.requests.js';
import { DecideReturnRequest, ReceiveReturnRequest, RequestReturnRequest } from './return.dto.js';

@ApiTags('orders')
@Controller('v1/orders/:id/returns')
export class ReturnsController {
  constructor(
    private readonly returns: ReturnOrderService,
    private readonly receiving: ReceiveReturnService,
    private readonly access: OrderAccess,
  ) {}

  @Post()
  @HttpCode(201)
  @Capability('order token')
  @AlsoOpens({ 'orders:write': "for anyone's order" })
  @ApiOrderToken()
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'requestReturn',
    'Ask to send something back',
    'Units that were sent and that no other return has spoken for. By the customer, the holder of the token, or with `orders:write`; staff decide. Answers the whole order.',
  )
  @ApiCreatedResponse({ type: OrderDetailResponse, description: 'The order with its returns' })
  @ApiProblems(400, 409, 413, 415, 422)
  async request(
    @Param('id') id: string,
    @Body() body: RequestReturnRequest,
    @CurrentActor() actor: Actor,
    @Headers('order-token') token: string | undefined,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const caller = { actor, token };
    const items = body.items.map(({ itemId, quantity, reason }) => ({ itemId, quantity, reason: reason ?? null }));
    const use = this.keyOf(caller, id, key, `POST /v1/orders/${id}/returns`, body);
    return orderAnswer(
      await this.returns.request(id, { items, note: body.note ?? null, expected }, caller, use),
      reply,
    );
  }

  @Post(':returnId/approve')
  @HttpCode(200)
  @RequirePermission('orders:write')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf('approveReturn', 'Approve a return', 'The customer gets a mail with the answer, and sends the goods.')
  @ApiOkResponse({ type: OrderDetailResponse, description: 'The order with its returns' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async approve(
    @Param('id') id: string,
    @Param('returnId') returnId: string,
    @Body() body: DecideReturnRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const use = this.keyOf({ actor: user, token: undefined }, id, key, step(id, returnId, 'approve'), body);
    const decision = { step: 'approve', answer: body.answer ?? null, expected } as const;
    return orderAnswer(await this.returns.decide(id, returnId, decision, user, use), reply);
  }

  @Post(':returnId/reject')
  @HttpCode(200)
  @RequirePermission('orders:write')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf('rejectReturn', 'Reject a return', 'The customer gets a mail with the answer. Nothing goes back.')
  @ApiOkResponse({ type: OrderDetailResponse, description: 'The order with its returns' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async reject(
    @Param('id') id: string,
    @Param('returnId') returnId: string,
    @Body() body: DecideReturnRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const use = this.keyOf({ actor: user, token: undefined }, id, key, step(id, returnId, 'reject'), body);
    const decision = { step: 'reject', answer: body.answer ?? null, expected } as const;
    return orderAnswer(await this.returns.decide(id, returnId, decision, user, use), reply);
  }

  @Post(':returnId/cancel')
  @HttpCode(200)
  @Capability('order token')
  @AlsoOpens({ 'orders:write': "of anyone's order" })
  @ApiOrderToken()
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'cancelReturn',
    'Take a return back',
    'Before the goods came. By the customer, the holder of the token, or with `orders:write`.',
  )
  @ApiOkResponse({ type: OrderDetailResponse, description: 'The order with its returns' })
  @ApiProblems(400, 409, 413, 415, 422)
  async cancel(
    @Param('id') id: string,
    @Param('returnId') returnId: string,
    @CurrentActor() actor: Actor,
    @Headers('order-token') token: string | undefined,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const caller = { actor, token };
    const use = this.keyOf(caller, id, key, step(id, returnId, 'cancel'), {});
    return orderAnswer(await this.returns.cancel(id, returnId, expected, caller, use), reply);
  }

  @Post(':returnId/receive')
  @HttpCode(200)
  @RequirePermission('orders:write')
  @AlsoOpens({ 'payments:refund': 'with `refund`, the money goes back as well' })
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'receiveReturn',
    'Take returned goods in',
    'All or a part of an approved return, with or without restock, and with `refund` the money of what came goes back; that takes `payments:refund`. A refund that would exceed what is left of the payment refuses the whole. One that the provider refuses stands in the answer as failed: the goods are here.',
  )
  @ApiOkResponse({ type: OrderDetailResponse, description: 'The order with its returns and refunds' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async receive(
    @Param('id') id: string,
    @Param('returnId') returnId: string,
    @Body() body: ReceiveReturnRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const use = this.keyOf({ actor: user, token: undefined }, id, key, step(id, returnId, 'receive'), body);
    const input = { items: body.items, refund: body.refund ?? false, expected };
    return orderAnswer(await this.receiving.receive(id, returnId, input, user, use), reply);
  }

  private keyOf(
    caller: OrderCaller,
    orderId: string,
    key: string | undefined,
    operation: string,
    body: object,
  ): KeyUse | undefined {
    return useOfKey(this.access.scopeOf(caller, orderId), key, operation, body);
  }
}

function step(id: string, returnId: string, name: string): string {
  return `POST /v1/orders/${id}/returns/${returnId}/${name}`;
}
