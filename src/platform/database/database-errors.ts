import { Prisma } from '../../generated/prisma/client.js';
import { AppError } from '../errors/index.js';

/** Network and server states in which a later try may succeed; SQLSTATE classes 08 and 57, and 53300. */
const UNAVAILABLE =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|Connection terminated|timeout exceeded when trying to connect|terminating connection|the database system is|too many clients|remaining connection slots/i;

/** Whether the whole transaction may be run again: P2034 is Prisma's word for a deadlock (40P01) or a serialisation failure (40001). */
export function isRetryable(error: unknown): boolean {
  return sqlState(error) === '40P01' || sqlState(error) === '40001' || prismaCode(error) === 'P2034';
}

/** The constraint or columns that a unique violation (23505) names, or undefined when `error` is none. */
export function uniqueViolation(error: unknown): string | undefined {
  if (prismaCode(error) === 'P2002') return JSON.stringify((error as Prisma.PrismaClientKnownRequestError).meta ?? {});
  if (sqlState(error) === '23505') return describe(error);
  return undefined;
}

/** The name in a violated CHECK constraint (23514), or undefined. */
export function checkViolation(error: unknown): string | undefined {
  return sqlState(error) === '23514' ? describe(error) : undefined;
}

/** Whether a foreign key (23503, and 23001 for RESTRICT since PostgreSQL 18) was violated: what is named does not exist, or is still in use. */
export function isForeignKeyViolation(error: unknown): boolean {
  return prismaCode(error) === 'P2003' || sqlState(error) === '23503' || sqlState(error) === '23001';
}

/** A 503 for a database that cannot be reached or has no connection free, or undefined for any other error. */
export function asUnavailable(error: unknown): AppError | undefined {
  const code = prismaCode(error);
  const text = error instanceof Error ? `${error.message} ${describe(error)}` : '';
  if (
    code === 'P1001' ||
    code === 'P1002' ||
    code === 'P1008' ||
    code === 'P1017' ||
    code === 'P2024' ||
    UNAVAILABLE.test(text)
  )
    return new AppError('unavailable', 'database.unavailable', 'The shop cannot reach its database right now.', {
      retryAfterSeconds: 2,
    });
  if (code === 'P2028' && /Unable to start a transaction/i.test(text))
    return new AppError('unavailable', 'database.busy', 'The shop is busy; try again shortly.', {
      retryAfterSeconds: 2,
    });
  return undefined;
}

function prismaCode(error: unknown): string | undefined {
  return error instanceof Prisma.PrismaClientKnownRequestError ||
    error instanceof Prisma.PrismaClientInitializationError
    ? 'code' in error
      ? String(error.code)
      : error.errorCode
    : undefined;
}

/** SQLSTATE, from pg's own error or from the one that Prisma's adapter wraps. */
function sqlState(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at && typeof at === 'object' && depth < 6; depth++) {
    const { code, originalCode, cause, meta } = at as Record<string, unknown>;
    for (const value of [originalCode, code])
      if (typeof value === 'string' && /^[0-9A-Z]{5}$/.test(value) && !/^P[12]\d{3}$/.test(value)) return value;
    at = cause ?? (meta as Record<string, unknown> | undefined)?.['driverAdapterError'];
  }
  return undefined;
}

function describe(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error, depth = 0; at && typeof at === 'object' && depth < 6; depth++) {
    const { message, constraint, detail, originalMessage, cause, meta } = at as Record<string, unknown>;
    for (const value of [message, constraint, detail, originalMessage])
      if (typeof value === 'string') parts.push(value);
    at = cause ?? (meta as Record<string, unknown> | undefined)?.['driverAdapterError'];
  }
  return parts.join(' ');
}
