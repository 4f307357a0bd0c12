export { CONNECTION_PATIENCE_MS, createPool, Db, type Reader } from './db.js';
export type { SqlReader, Tx } from './transaction.js';
export { asUnavailable, busy, checkViolation, isForeignKeyViolation, uniqueViolation } from './database-errors.js';
export { Prisma } from '../../generated/prisma/client.js';
