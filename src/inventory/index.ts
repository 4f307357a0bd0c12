export { InventoryModule } from './inventory.module.js';
export { InventoryFacade, type Availability, type ReserveOutcome, type StockChange } from './inventory.facade.js';
export type { Shortage, StockDemand } from './domain/reservation.js';
export { INVENTORY_AUDIT } from './data/inventory.audit.js';
