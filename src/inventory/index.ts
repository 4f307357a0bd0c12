export { InventoryModule } from './inventory.module.js';
export { InventoryFacade } from './inventory.facade.js';
export type { ReserveOutcome } from './app/order-stock.service.js';
export type { LockedStock, VariantsQuery } from './data/order-stock.sql.js';
export type { GiveBack, MoveReason, ShipOutcome } from './app/sold-stock.service.js';
export type { StockChange } from './app/stock-items.service.js';
export { LOW_STOCK, type LowStock } from './domain/inventory.events.js';
export type { Shortage, StockDemand } from './domain/reservation.js';
export { INVENTORY_AUDIT } from './data/inventory.audit.js';
