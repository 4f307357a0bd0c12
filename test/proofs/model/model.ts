/** The whole model: see `model/state.ts` for what it knows, and the files beside it for what happens to that. */
export * from './model/after-sales.js';
export * from './model/carts.js';
export * from './model/orders.js';
export * from './model/refunds.js';
export * from './model/state.js';
export * from './model/stock.js';
