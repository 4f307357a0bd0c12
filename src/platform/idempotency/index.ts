export { ApiIdempotencyKey, IdempotencyKey, isUnguessable } from './idempotency-key.js';
export { IdempotencyStore, type KeptAnswer, type KeyUse, useOfKey, useOfUsersKey } from './idempotency.store.js';
