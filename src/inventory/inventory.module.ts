import { Module } from '@nestjs/common';
import { AdjustStockService } from './app/adjust-stock.service.js';
import { ReservationsRepository } from './data/reservations.repository.js';
import { StockRepository } from './data/stock.repository.js';
import { InventoryController } from './http/inventory.controller.js';
import { InventoryFacade } from './inventory.facade.js';

@Module({
  controllers: [InventoryController],
  providers: [InventoryFacade, AdjustStockService, StockRepository, ReservationsRepository],
  exports: [InventoryFacade],
})
export class InventoryModule {}
