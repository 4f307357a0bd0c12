import { Module } from '@nestjs/common';
import { CartModule } from '../cart/index.js';
import { InventoryModule } from '../inventory/index.js';
import { PaymentsModule } from '../payments/index.js';
import { AfterSalesNews } from './app/after-sales-news.service.js';
import { CancelOrderService } from './app/cancel-order.service.js';
import { CaptureOrderService } from './app/capture-order.service.js';
import { ChangeOrder } from './app/change-order.service.js';
import { FulfilOrderService } from './app/fulfil-order.service.js';
import { GiveBackService } from './app/give-back.service.js';
import { OrderAccess } from './app/order-access.js';
import { OrderAnswers } from './app/order-answers.js';
import { OrderBooks } from './app/order-books.service.js';
import { OrderNews } from './app/order-news.service.js';
import { OrderNotesService } from './app/order-notes.service.js';
import { OrdersPersonalData } from './app/orders-personal-data.js';
import { PlaceOrderService } from './app/place-order.service.js';
import { ProviderNewsJob } from './app/provider-news.job.js';
import { ReadOrdersService } from './app/read-orders.service.js';
import { ReceiveReturnService } from './app/receive-return.service.js';
import { ReconcileOrdersService } from './app/reconcile-orders.service.js';
import { RecoverOrdersJob } from './app/recover-orders.job.js';
import { RefundOrderService } from './app/refund-order.service.js';
import { RefundUnits } from './app/refund-units.service.js';
import { ReturnOrderService } from './app/return-order.service.js';
import { SettleOrderService } from './app/settle-order.service.js';
import { FulfilmentsRepository } from './data/fulfilments.repository.js';
import { OrderMoneyRepository } from './data/order-money.repository.js';
import { OrdersPersonalDataRepository } from './data/orders-personal-data.repository.js';
import { OrdersRepository } from './data/orders.repository.js';
import { ReturnsRepository } from './data/returns.repository.js';
import { TimelineRepository } from './data/timeline.repository.js';
import { FulfilmentsController } from './http/fulfilments.controller.js';
import { OrdersController } from './http/orders.controller.js';
import { ReportsController } from './http/reports.controller.js';
import { ReturnsController } from './http/returns.controller.js';
import { TimelineController } from './http/timeline.controller.js';

@Module({
  imports: [CartModule, InventoryModule, PaymentsModule],
  controllers: [FulfilmentsController, OrdersController, ReportsController, ReturnsController, TimelineController],
  providers: [
    AfterSalesNews,
    CancelOrderService,
    CaptureOrderService,
    ChangeOrder,
    FulfilOrderService,
    FulfilmentsRepository,
    GiveBackService,
    OrderAccess,
    OrderAnswers,
    OrderBooks,
    OrderMoneyRepository,
    OrderNews,
    OrderNotesService,
    OrdersPersonalData,
    OrdersPersonalDataRepository,
    OrdersRepository,
    PlaceOrderService,
    ProviderNewsJob,
    ReadOrdersService,
    ReceiveReturnService,
    ReconcileOrdersService,
    RecoverOrdersJob,
    RefundOrderService,
    RefundUnits,
    ReturnOrderService,
    ReturnsRepository,
    SettleOrderService,
    TimelineRepository,
  ],
})
export class OrdersModule {}
