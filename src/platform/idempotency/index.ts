export { ApiIdempotencyKey, IdempotencyKey, isUnguessable } from './idempotency-key.js';
export { IdempotencyStore, useOfKey, useOfUsersKey } from './idempotency.store.js';
export type { KeptAnswer, KeyUse } from './kept-answer.js';
