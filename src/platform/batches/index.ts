export { BatchedCalls } from './batched-calls.js';
export { BatchedReads } from './batched-reads.js';
export { SharedTransactions } from './shared-transactions.js';
