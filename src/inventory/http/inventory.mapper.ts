import type { LocationRow } from '../data/locations.repository.js';
import type { MovementRow } from '../data/stock.repository.js';
import { sellable, type Stock } from '../domain/stock-book.js';
import type { StockMovementResponse, StockResponse } from './inventory.dto.js';
import type { LocationResponse } from './location.dto.js';

export function toStockResponse(stock: Stock): StockResponse {
  return {
    variantId: stock.variantId,
    sku: stock.sku,
    tracked: stock.tracked,
    backorder: stock.backorder,
    onHand: stock.onHand,
    reserved: stock.reserved,
    backordered: stock.backordered,
    available: stock.tracked ? Math.max(sellable(stock), 0) : null,
    lowStockAt: stock.lowStockAt,
    levels: stock.levels.map(({ locationId, code, active, onHand, reserved }) => ({
      locationId,
      code,
      onHand,
      reserved,
      available: active ? onHand - reserved : 0,
    })),
    version: stock.version,
  };
}

export function toMovementResponse(row: MovementRow): StockMovementResponse {
  return {
    id: String(row.id),
    kind: row.kind,
    locationId: row.locationId,
    transferId: row.transferId,
    delta: row.delta,
    onHandAfter: row.onHandAfter,
    reason: row.reason,
    orderId: row.orderId,
    actorId: row.actorId,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toLocationResponse({ id, code, name, priority, active, version }: LocationRow): LocationResponse {
  return { id, code, name, priority, active, version };
}
