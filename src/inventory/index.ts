export { InventoryModule } from './inventory.module.js';
export { InventoryFacade, type Availability, type ReserveOutcome, type StockChange } from './inventory.facade.js';
export type { Shortage, StockDemand } from './domain/reservation.js';
