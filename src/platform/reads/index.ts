export { BatchedReads } from './batched-reads.js';
export { BoundedCache } from './bounded-cache.js';
