import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  Authenticated,
  Capability,
  CurrentActor,
  CurrentUser,
  Public,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  IfMatch,
  JsonText,
  type ExpectedVersions,
} from '../../platform/http/index.js';
import {
  ApiIdempotencyKey,
  IdempotencyKey,
  IdempotencyStore,
  isUnguessable,
  type KeyUse,
} from '../../platform/idempotency/index.js';
import { ChangeCartService } from '../app/change-cart.service.js';
import { ClaimCartService } from '../app/claim-cart.service.js';
import type { CartView } from '../app/cart-view.js';
import { ReadCartService } from '../app/read-cart.service.js';
import { CartItemRequest, CartResponse, ChangeCartItemRequest, CreateCartRequest } from './cart.dto.js';
import { toCartResponse } from './cart.mapper.js';

@ApiTags('cart')
@Controller('v1/carts')
export class CartsController {
  constructor(
    private readonly changes: ChangeCartService,
    private readonly claims: ClaimCartService,
    private readonly reads: ReadCartService,
    private readonly keys: IdempotencyStore,
  ) {}

  @Post()
  @Public()
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'createCart',
    'Begin a cart',
    "A guest gets a new cart, whose id is the key to it. A customer has one active cart: where there is one, the lines are added to it and the answer is 200. The answer to a guest's `Idempotency-Key` gives the cart away to whoever sends that key again; therefore it counts only when nobody can guess it: a random UUID, or any other key of at least 22 characters. A shorter one is bound to nothing, and each request makes a new cart.",
  )
  @ApiCreatedResponse({
    type: CartResponse,
    description: 'A new cart',
    headers: { Location: { description: 'Its address', schema: { type: 'string' } } },
  })
  @ApiOkResponse({ type: CartResponse, description: "The customer's active cart, with the lines added" })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(
    @Body() body: CreateCartRequest,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const items = body.items ?? [];
    const use = keyUse(scopeOfNewCart(actor, key), key, 'POST /v1/carts', body);
    const answer = await this.keys.runWithin(use, async (tx) => {
      const { created, view } = await this.changes.create(tx, actor, items);
      return { status: created ? 201 : 200, body: render(view), headers: { location: `/v1/carts/${view.cart.id}` } };
    });
    void reply.status(answer.status);
    if (answer.status === 201) void reply.headers({ ...answer.headers });
    return new JsonText(answer.body, versionIn(answer.body));
  }

  @Get(':id')
  @Capability('cart id')
  @ApiOperationOf(
    'getCart',
    'Read a cart',
    "Priced anew at every read. A guest's cart answers to whoever knows its id, a customer's to that customer only.",
  )
  @ApiOkResponse({ type: CartResponse, description: 'The cart' })
  @ApiProblems(400, 422)
  async get(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<CartResponse> {
    return toCartResponse(await this.reads.read(id, actor));
  }

  @Post(':id/items')
  @HttpCode(200)
  @Capability('cart id')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'addCartItem',
    'Add to a cart',
    'Adds to the line of that variant. More than is available is accepted and shown, and refused at the order.',
  )
  @ApiOkResponse({ type: CartResponse, description: 'The whole cart' })
  @ApiProblems(400, 409, 413, 415, 422)
  async addItem(
    @Param('id') id: string,
    @Body() body: CartItemRequest,
    @CurrentActor() actor: Actor,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    const scope = actor.kind === 'user' ? `user:${actor.userId}` : `cart:${id}`;
    const use = keyUse(scope, key, `POST /v1/carts/${id}/items`, body);
    const answer = await this.keys.runWithin(use, async (tx) => {
      return { status: 200, body: render(await this.changes.addLine(tx, id, body, actor, expected)), headers: {} };
    });
    return new JsonText(answer.body, versionIn(answer.body));
  }

  @Patch(':id/items/:itemId')
  @Capability('cart id')
  @ApiIfMatch()
  @ApiOperationOf('changeCartItem', 'Change a line', 'Sets the quantity; 0 removes the line.')
  @ApiOkResponse({ type: CartResponse, description: 'The whole cart' })
  @ApiProblems(400, 409, 413, 415, 422)
  async changeItem(
    @Param('id') id: string,
    @Param('itemId') itemId: string,
    @Body() body: ChangeCartItemRequest,
    @CurrentActor() actor: Actor,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<CartResponse> {
    return toCartResponse(await this.changes.setQuantity(id, itemId, body.quantity, actor, expected));
  }

  @Delete(':id/items/:itemId')
  @Capability('cart id')
  @ApiIfMatch()
  @ApiOperationOf('removeCartItem', 'Remove a line', 'Answers the whole cart.')
  @ApiOkResponse({ type: CartResponse, description: 'The whole cart' })
  @ApiProblems(400, 409, 422)
  async removeItem(
    @Param('id') id: string,
    @Param('itemId') itemId: string,
    @CurrentActor() actor: Actor,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<CartResponse> {
    return toCartResponse(await this.changes.setQuantity(id, itemId, 0, actor, expected));
  }

  @Post(':id/claim')
  @HttpCode(200)
  @Authenticated()
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'claimCart',
    "Take over a guest's cart",
    'After signing in. Where the customer has an active cart already, the lines are merged into that one; doing it again answers the same cart.',
  )
  @ApiOkResponse({ type: CartResponse, description: "The customer's cart" })
  @ApiProblems(400, 404, 409, 422)
  async claim(
    @Param('id') id: string,
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    const use = keyUse(`user:${user.userId}`, key, `POST /v1/carts/${id}/claim`, {});
    const answer = await this.keys.run(use, async (tx) => {
      return { status: 200, body: render(await this.claims.claim(tx, id, user.userId)), headers: {} };
    });
    return new JsonText(answer.body, versionIn(answer.body));
  }
}

/** Null where a guest's key cannot be told from another guest's. */
function scopeOfNewCart(actor: Actor, key: string | undefined): string | null {
  if (actor.kind === 'user') return `user:${actor.userId}`;
  return key !== undefined && isUnguessable(key) ? 'guest:' : null;
}

function keyUse(scope: string | null, key: string | undefined, operation: string, body: unknown): KeyUse | undefined {
  return key === undefined || scope === null ? undefined : { scope, key, operation, body };
}

function render(view: CartView): string {
  return JSON.stringify(toCartResponse(view));
}

/** The cart's own version stands last but one in what `render` makes. */
function versionIn(body: string): number {
  return Number(/"version":(\d+),"expiresAt":"[^"]*"}$/.exec(body)?.[1] ?? 0);
}
