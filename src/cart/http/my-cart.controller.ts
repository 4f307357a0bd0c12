import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  Authenticated,
  Capability,
  CurrentActor,
  CurrentUser,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { ReadCartService } from '../app/read-cart.service.js';
import { CartResponse, ShippingMethodsQuery, ShippingMethodsResponse } from './cart.dto.js';
import { toCartResponse, toShippingMethod } from './cart.mapper.js';

@ApiTags('cart')
@Controller('v1')
export class MyCartController {
  constructor(private readonly reads: ReadCartService) {}

  @Get('users/me/cart')
  @Authenticated()
  @ApiOperationOf('getMyCart', 'My active cart', 'The same on every device; 404 without one.')
  @ApiOkResponse({ type: CartResponse, description: 'The cart' })
  @ApiProblems(400, 404)
  async mine(@CurrentUser() user: SignedIn): Promise<CartResponse> {
    return toCartResponse(await this.reads.readOwn(user));
  }

  @Get('shipping-methods')
  @Capability('cart id')
  @ApiOperationOf('listShippingMethods', 'Shipping methods', 'With what each costs for the cart.')
  @ApiOkResponse({ type: ShippingMethodsResponse, description: 'The methods' })
  @ApiProblems(400, 422)
  async shipping(@Query() query: ShippingMethodsQuery, @CurrentActor() actor: Actor): Promise<ShippingMethodsResponse> {
    const { quotes, currency } = await this.reads.shippingMethods(query.cartId, actor);
    return { items: quotes.map((quote) => toShippingMethod(quote, currency)) };
  }
}
