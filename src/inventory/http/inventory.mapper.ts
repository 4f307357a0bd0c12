import type { MovementRow } from '../data/stock.repository.js';
import { sellable, type Stock } from '../domain/stock-book.js';
import type { StockMovementResponse, StockResponse } from './inventory.dto.js';

export function toStockResponse(row: Stock): StockResponse {
  return {
    variantId: row.variantId,
    sku: row.sku,
    tracked: row.tracked,
    backorder: row.backorder,
    onHand: row.onHand,
    reserved: row.reserved,
    backordered: row.backordered,
    available: row.tracked ? Math.max(sellable(row), 0) : null,
    version: row.version,
  };
}

export function toMovementResponse(row: MovementRow): StockMovementResponse {
  return {
    id: String(row.id),
    kind: row.kind,
    delta: row.delta,
    onHandAfter: row.onHandAfter,
    reason: row.reason,
    orderId: row.orderId,
    actorId: row.actorId,
    createdAt: row.createdAt.toISOString(),
  };
}
