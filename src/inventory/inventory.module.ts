import { Module } from '@nestjs/common';
import { AdjustStockService } from './app/adjust-stock.service.js';
import { ChangeThresholdService } from './app/change-threshold.service.js';
import { LocationsService } from './app/locations.service.js';
import { OrderStockService } from './app/order-stock.service.js';
import { SoldStockService } from './app/sold-stock.service.js';
import { StockItemsService } from './app/stock-items.service.js';
import { StockDesk } from './app/stock-desk.js';
import { StockWriter } from './app/stock-writer.js';
import { TransferStockService } from './app/transfer-stock.service.js';
import { LocationsRepository } from './data/locations.repository.js';
import { StockRepository } from './data/stock.repository.js';
import { InventoryController } from './http/inventory.controller.js';
import { LocationsController } from './http/locations.controller.js';
import { InventoryFacade } from './inventory.facade.js';

@Module({
  controllers: [InventoryController, LocationsController],
  providers: [
    InventoryFacade,
    AdjustStockService,
    TransferStockService,
    ChangeThresholdService,
    LocationsService,
    OrderStockService,
    SoldStockService,
    StockItemsService,
    StockDesk,
    StockWriter,
    StockRepository,
    LocationsRepository,
  ],
  exports: [InventoryFacade],
})
export class InventoryModule {}
