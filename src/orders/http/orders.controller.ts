import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  AlsoOpens,
  Authenticated,
  Capability,
  CurrentActor,
  CurrentUser,
  RequirePermission,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import { toPostalAddress } from '../../platform/http/address.dto.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  IfMatch,
  JsonText,
  toPage,
  type ExpectedVersions,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { CaptureOrderService } from '../app/capture-order.service.js';
import { CancelOrderService } from '../app/cancel-order.service.js';
import { OrderAccess } from '../app/order-access.js';
import { PlaceOrderService } from '../app/place-order.service.js';
import { ReadOrdersService } from '../app/read-orders.service.js';
import { RefundOrderService } from '../app/refund-order.service.js';
import { OrderDetailResponse, OrderPageResponse, PlacedOrderResponse } from './order-response.dto.js';
import { CancelOrderRequest, ListOrdersQuery, OrderQuery, PlaceOrderRequest } from './order.dto.js';
import { toOrderResponse, toOrderSummary } from './order.mapper.js';
import { ApiOrderToken } from './order-token.decorator.js';
import { cursorOf, filterOf, orderAnswer, refundRequestOf } from './orders.requests.js';
import { RefundOrderRequest } from './refund.dto.js';

@ApiTags('orders')
@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly placing: PlaceOrderService,
    private readonly reads: ReadOrdersService,
    private readonly cancelling: CancelOrderService,
    private readonly capturing: CaptureOrderService,
    private readonly refunding: RefundOrderService,
    private readonly access: OrderAccess,
  ) {}

  @Post()
  @Capability('cart id')
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'placeOrder',
    'Place an order',
    'Reserves the stock, asks for the money, and answers the order: `paid`, or `pending_payment` while the customer has a step to take (`nextAction`) or the provider has not answered in time; then poll the order. Nothing is charged and the cart is usable again after 402, 409 for stock, and 503.',
  )
  @ApiCreatedResponse({
    type: PlacedOrderResponse,
    description: 'The order',
    headers: { Location: { description: 'Its address', schema: { type: 'string' } } },
  })
  @ApiProblems(400, 402, 409, 413, 415, 422, 503)
  async place(
    @Body() body: PlaceOrderRequest,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const scope = actor.kind === 'user' ? `user:${actor.userId}` : `cart:${body.cartId}`;
    const shippingAddress = toPostalAddress(body.shippingAddress);
    const answer = await this.placing.place(
      {
        cartId: body.cartId,
        email: body.email,
        shippingAddress,
        billingAddress: body.billingAddress ? toPostalAddress(body.billingAddress) : shippingAddress,
        shippingMethod: body.shippingMethod,
        payment: { provider: body.payment.provider, token: body.payment.token },
        expectedTotal: body.expectedTotal && {
          amount: body.expectedTotal.amount,
          currency: body.expectedTotal.currency,
        },
      },
      actor,
      useOfKey(scope, key, 'POST /v1/orders', body),
    );
    return orderAnswer(answer, reply);
  }

  @Get()
  @Authenticated({ apiKeys: true })
  @AlsoOpens({ 'orders:read': "everyone's orders" })
  @ApiOperationOf('listOrders', 'List orders', "One's own, newest first; with `orders:read` everyone's.")
  @ApiOkResponse({ type: OrderPageResponse, description: 'A page of orders' })
  @ApiProblems(400, 422)
  async list(@Query() query: ListOrdersQuery, @CurrentUser() user: SignedIn): Promise<OrderPageResponse> {
    const filter = filterOf(query);
    if (!filter) return { items: [], nextCursor: null };
    const orders = await this.reads.list(user, filter, query.limit + 1, cursorOf(query.cursor));
    return toPage(orders, query.limit, ({ placedAt, id }) => [placedAt.toISOString(), id], toOrderSummary);
  }

  @Get(':id')
  @Capability('order token')
  @AlsoOpens({ 'orders:read': "anyone's order" })
  @ApiOrderToken()
  @ApiOperationOf(
    'getOrder',
    'Read an order',
    "The customer's own, a guest's with its token, anyone's with `orders:read`.",
  )
  @ApiOkResponse({ type: OrderDetailResponse, description: 'The order' })
  @ApiProblems(400, 422)
  async get(
    @Param('id') id: string,
    @Query() query: OrderQuery,
    @CurrentActor() actor: Actor,
    @Headers('order-token') token: string | undefined,
  ): Promise<OrderDetailResponse> {
    return toOrderResponse(await this.reads.read(id, { actor, token: token ?? query.token }));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Capability('order token')
  @AlsoOpens({ 'orders:write': "anyone's order" })
  @ApiOrderToken()
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'cancelOrder',
    'Cancel an order',
    'Before anything was sent: the stock goes back, the payment is voided or refunded. By the customer, the holder of the token, or with `orders:write`.',
  )
  @ApiOkResponse({ type: OrderDetailResponse, description: 'The cancelled order' })
  @ApiProblems(400, 409, 413, 415, 422)
  async cancel(
    @Param('id') id: string,
    @Body() body: CancelOrderRequest,
    @CurrentActor() actor: Actor,
    @Headers('order-token') token: string | undefined,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const caller = { actor, token };
    const use = useOfKey(this.access.scopeOf(caller, id), key, `POST /v1/orders/${id}/cancel`, body);
    return orderAnswer(await this.cancelling.cancel(id, { reason: body.reason ?? null, expected }, caller, use), reply);
  }

  @Post(':id/capture')
  @HttpCode(200)
  @RequirePermission('payments:capture')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'captureOrder',
    'Take the money that was set aside',
    'For orders with `status` `authorized` (`PAYMENT_CAPTURE=manual`). The order is `paid` then; where the provider has not answered in time it is still `authorized`, and settled later.',
  )
  @ApiOkResponse({ type: OrderDetailResponse, description: 'The order' })
  @ApiProblems(400, 404, 409, 422)
  async capture(
    @Param('id') id: string,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, `POST /v1/orders/${id}/capture`, null);
    return orderAnswer(await this.capturing.capture(id, expected, user, use), reply);
  }

  @Post(':id/refunds')
  @HttpCode(201)
  @RequirePermission('payments:refund')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'refundOrder',
    'Give money back',
    'By line, with or without restock, or by amount, never beyond what was captured. Answers the whole order; a refund that the provider has not answered in time is `pending` and settled later.',
  )
  @ApiCreatedResponse({ type: OrderDetailResponse, description: 'The order with its refunds' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async refund(
    @Param('id') id: string,
    @Body() body: RefundOrderRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, `POST /v1/orders/${id}/refunds`, body);
    const input = {
      request: refundRequestOf(body),
      currency: body.amount?.currency,
      reason: body.reason ?? null,
      expected,
    };
    return orderAnswer(await this.refunding.refund(id, input, user, use), reply);
  }
}
