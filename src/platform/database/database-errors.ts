import { Prisma } from '../../generated/prisma/client.js';
import { AppError } from '../errors/index.js';

/** The server is not there, is stopping or starting, or the way to it broke: SQLSTATE classes 08 and 57P, a server that only reads (25006, after a failover), and I/O errors. */
const AWAY = /^(08...|57P0[1235]|25006|58...)$/;

/** The server is there and cannot do more now: its disk (53100), memory or connections are used up (class 53), or it took too long (57014, 55P03, 25P03, 25P04). */
const BUSY = /^(53...|57014|55P03|25P0[34])$/;

const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|ENOTCONN|ENOBUFS|EMFILE|ENFILE|ERR_SOCKET_CLOSED|ERR_STREAM_DESTROYED|ERR_STREAM_WRITE_AFTER_END)$/;

/** What the driver says without a code. */
const WITHOUT_CODE =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|Connection terminated|connection error and is not queryable|Client was closed and is not queryable|timeout exceeded when trying to connect|terminating connection|the database system is|too many clients|remaining connection slots|after calling end on the pool|timeout expired|Query read timeout|has been ended by the other party|write after end|stream was destroyed|socket is closed|closed the connection|unexpected \w+ message from backend|could not fork new process/i;

/** Prisma's words for the same: not reachable, closed, timed out, no connection in the pool. */
const PRISMA_AWAY = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P1018', 'P2024', 'P2037']);

/** The adapter's words, which reach us as they are where a transaction begins or ends. */
const ADAPTER_AWAY = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TlsConnectionError']);
const ADAPTER_BUSY = new Set(['TooManyConnections']);

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

/** Whether somebody held a lock for longer than the transaction waits for one (55P03), before it was made a 503 of. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === '55P03';
}

/** Whether rows that a transaction went by were changed meanwhile (the database's function `require_all`): nothing of it is kept. */
export function isStale(error: unknown): boolean {
  return sqlState(error) === 'BR001';
}

/** A 503 for a database that cannot be reached, has no connection free, no room left or no time, or undefined for any other error. */
export function asUnavailable(error: unknown): AppError | undefined {
  if (error instanceof AppError) return OWN.has(error.code) ? error : undefined;
  const code = prismaCode(error);
  const state = sqlState(error) ?? '';
  // A transaction that did not begin or end in its time: it waited for a connection or for locks.
  if (code === 'P2028' || BUSY.test(state) || ADAPTER_BUSY.has(adapterKind(error))) return busy();
  // Run again as often as makes sense, and there was always somebody in the way.
  if (isRetryable(error)) return busy();
  if (ADAPTER_AWAY.has(adapterKind(error))) return away();
  if (PRISMA_AWAY.has(code ?? '') || AWAY.test(state) || NETWORK.test(networkCode(error))) return away();
  return error instanceof Error && WITHOUT_CODE.test(`${error.message} ${describe(error)}`) ? away() : undefined;
}

/** What has been made a 503 of already. */
const OWN = new Set(['database.unavailable', 'database.busy']);

function away(): AppError {
  return new AppError('unavailable', 'database.unavailable', 'The shop cannot reach its database right now.', {
    retryAfterSeconds: 2,
  });
}

/** A 503 for a database that has more to do than it can. */
export function busy(): AppError {
  return new AppError('unavailable', 'database.busy', 'The shop is busy; try again shortly.', { retryAfterSeconds: 2 });
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

/** The system's name for a failed connection; one that was tried at several addresses has it without a message. */
function networkCode(error: unknown): string {
  for (let at: unknown = error, depth = 0; at && typeof at === 'object' && depth < 6; depth++) {
    const { code, syscall, cause, meta } = at as Record<string, unknown>;
    if (typeof code === 'string' && NETWORK.test(code)) return code;
    // The file of a Unix socket goes with its server.
    if (code === 'ENOENT' && syscall === 'connect') return 'ECONNREFUSED';
    at = cause ?? (meta as Record<string, unknown> | undefined)?.['driverAdapterError'];
  }
  return '';
}

/** What Prisma's adapter calls it, from its own error or from the one that Prisma makes of it. */
function adapterKind(error: unknown): string {
  for (let at: unknown = error, depth = 0; at && typeof at === 'object' && depth < 6; depth++) {
    const { kind, cause, meta } = at as Record<string, unknown>;
    if (typeof kind === 'string' && !(at instanceof AppError)) return kind;
    at = cause ?? (meta as Record<string, unknown> | undefined)?.['driverAdapterError'];
  }
  return '';
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
