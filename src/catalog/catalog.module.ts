import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/index.js';
import { CatalogFacade } from './catalog.facade.js';

@Module({
  imports: [InventoryModule],
  providers: [CatalogFacade],
  exports: [CatalogFacade],
})
export class CatalogModule {}
