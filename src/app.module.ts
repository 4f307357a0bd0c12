import { Module } from '@nestjs/common';
import { AuditLogModule } from './audit-log/index.js';
import { AuthModule } from './auth/index.js';
import { CartModule } from './cart/index.js';
import { CatalogModule } from './catalog/index.js';
import { InventoryModule } from './inventory/index.js';
import { NotificationsModule } from './notifications/index.js';
import { OrdersModule } from './orders/index.js';
import { PrivacyModule } from './privacy/index.js';
import { UsersModule } from './users/index.js';
import { WebhooksModule } from './webhooks/index.js';

/** The composition root: nothing but imports. The platform is added with what the process found out at boot (see app.ts). */
@Module({
  imports: [
    AuditLogModule,
    AuthModule,
    CartModule,
    CatalogModule,
    InventoryModule,
    NotificationsModule,
    OrdersModule,
    PrivacyModule,
    UsersModule,
    WebhooksModule,
  ],
})
export class AppModule {}
