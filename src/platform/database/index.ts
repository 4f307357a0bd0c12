export { createPool, Db, type Reader, type Tx } from './db.js';
export { asUnavailable, checkViolation, isForeignKeyViolation, uniqueViolation } from './database-errors.js';
export { Prisma } from '../../generated/prisma/client.js';
