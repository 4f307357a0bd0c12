export { ApiIdempotencyKey, IdempotencyKey, isUnguessable } from './idempotency-key.js';
export { IdempotencyStore, type KeptAnswer, type KeyUse } from './idempotency.store.js';
