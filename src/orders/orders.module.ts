import { Module } from '@nestjs/common';
import { CartModule } from '../cart/index.js';
import { InventoryModule } from '../inventory/index.js';
import { PaymentsModule } from '../payments/index.js';
import { CancelOrderService } from './app/cancel-order.service.js';
import { GiveBackService } from './app/give-back.service.js';
import { OrderAccess } from './app/order-access.js';
import { CaptureOrderService } from './app/capture-order.service.js';
import { OrderNews } from './app/order-news.service.js';
import { OrderAnswers } from './app/order-answers.js';
import { OrderBooks } from './app/order-books.service.js';
import { PlaceOrderService } from './app/place-order.service.js';
import { ProviderNewsJob } from './app/provider-news.job.js';
import { ReadOrdersService } from './app/read-orders.service.js';
import { RecoverOrdersJob } from './app/recover-orders.job.js';
import { RefundOrderService } from './app/refund-order.service.js';
import { RefundUnits } from './app/refund-units.service.js';
import { SettleOrderService } from './app/settle-order.service.js';
import { OrdersRepository } from './data/orders.repository.js';
import { TimelineRepository } from './data/timeline.repository.js';
import { OrdersController } from './http/orders.controller.js';

@Module({
  imports: [CartModule, InventoryModule, PaymentsModule],
  controllers: [OrdersController],
  providers: [
    CancelOrderService,
    CaptureOrderService,
    GiveBackService,
    OrderAccess,
    OrderAnswers,
    OrderBooks,
    OrderNews,
    OrdersRepository,
    PlaceOrderService,
    ProviderNewsJob,
    ReadOrdersService,
    RecoverOrdersJob,
    RefundOrderService,
    RefundUnits,
    SettleOrderService,
    TimelineRepository,
  ],
})
export class OrdersModule {}
