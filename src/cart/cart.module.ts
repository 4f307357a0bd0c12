import { Module } from '@nestjs/common';
import { PricingModule } from '../pricing/index.js';
import { CartPersonalData } from './app/cart-personal-data.js';
import { ChangeCartService } from './app/change-cart.service.js';
import { ClaimCartService } from './app/claim-cart.service.js';
import { ExpireCartsJob } from './app/expire-carts.job.js';
import { PriceCartService } from './app/price-cart.service.js';
import { ReadCartService } from './app/read-cart.service.js';
import { CartFacade } from './cart.facade.js';
import { CartBatches } from './data/cart-batches.js';
import { CartPersonalDataRepository } from './data/cart-personal-data.repository.js';
import { CartRepository } from './data/cart.repository.js';
import { CartsController } from './http/carts.controller.js';
import { MyCartController } from './http/my-cart.controller.js';

@Module({
  imports: [PricingModule],
  controllers: [CartsController, MyCartController],
  providers: [
    CartBatches,
    CartFacade,
    CartPersonalData,
    CartPersonalDataRepository,
    CartRepository,
    ChangeCartService,
    ClaimCartService,
    ExpireCartsJob,
    PriceCartService,
    ReadCartService,
  ],
  exports: [CartFacade],
})
export class CartModule {}
