export { CONNECTION_PATIENCE_MS, createPool, Db, type Reader } from './db.js';
export { asJson, type RowsStatement, type SqlReader, type Tx } from './transaction.js';
export {
  asUnavailable,
  busy,
  checkViolation,
  isForeignKeyViolation,
  isLockTimeout,
  isStale,
  uniqueViolation,
} from './database-errors.js';
export { Prisma } from '../../generated/prisma/client.js';
