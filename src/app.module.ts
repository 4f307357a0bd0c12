import { Module } from '@nestjs/common';
import { CartModule } from './cart/index.js';
import { InventoryModule } from './inventory/index.js';

/** The composition root: nothing but imports. The platform is added with what the process found out at boot (see app.ts). */
@Module({
  imports: [CartModule, InventoryModule],
})
export class AppModule {}
