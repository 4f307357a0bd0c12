import { describe, expect, it } from '@jest/globals';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { Prisma } from '../../generated/prisma/client.js';
import { asUnavailable } from './database-errors.js';

const withCode = (code: string, message = '') => Object.assign(new Error(message), { code });

const known = (code: string, meta: Record<string, unknown> = {}) =>
  new Prisma.PrismaClientKnownRequestError('It failed', { code, clientVersion: '7', meta });

/** As Prisma's adapter hands on what PostgreSQL said. */
const wrapped = (state: string) =>
  known('P2010', { driverAdapterError: { cause: { kind: 'postgres', originalCode: state, message: 'It failed' } } });

describe('asUnavailable', () => {
  it.each(['53100', '53200', '53300', '57014', '55P03'])('takes %s for a busy database', (state) => {
    expect(asUnavailable(withCode(state))).toMatchObject({ kind: 'unavailable', code: 'database.busy' });
    expect(asUnavailable(wrapped(state))).toMatchObject({ kind: 'unavailable', code: 'database.busy' });
  });

  it.each(['57P01', '57P02', '57P03', '08006', '08003', '25006'])('takes %s for a database that is away', (state) => {
    expect(asUnavailable(withCode(state))).toMatchObject({ kind: 'unavailable', code: 'database.unavailable' });
    expect(asUnavailable(wrapped(state))).toMatchObject({ kind: 'unavailable', code: 'database.unavailable' });
  });

  it('knows a refused connection also where it was tried at several addresses, which has no message', () => {
    const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(asUnavailable(refused)).toMatchObject({ code: 'database.unavailable', retryAfterSeconds: 2 });
  });

  it.each(['ConnectionClosed', 'SocketTimeout'] as const)(
    'knows %s, as the adapter says it where a transaction begins or ends',
    (kind) => {
      expect(asUnavailable(new DriverAdapterError({ kind }))).toMatchObject({ code: 'database.unavailable' });
    },
  );

  it('knows a server that cannot be reached, and one with too many connections, as the adapter says it', () => {
    const unreachable = new DriverAdapterError({ kind: 'DatabaseNotReachable', host: '127.0.0.1', port: 5432 });
    expect(asUnavailable(unreachable)).toMatchObject({ code: 'database.unavailable' });
    const full = new DriverAdapterError({ kind: 'TooManyConnections', cause: 'no slot' });
    expect(asUnavailable(full)).toMatchObject({ code: 'database.busy' });
  });

  it.each(['EADDRNOTAVAIL', 'EMFILE', 'ENETDOWN', 'ERR_SOCKET_CLOSED'])('knows a way that is not open: %s', (code) => {
    expect(asUnavailable(withCode(code))).toMatchObject({ code: 'database.unavailable' });
  });

  it('knows a Unix socket whose server is gone, and no other missing file', () => {
    const gone = Object.assign(withCode('ENOENT', 'connect ENOENT /run/postgresql/.s.PGSQL.5432'), {
      syscall: 'connect',
    });
    expect(asUnavailable(gone)).toMatchObject({ code: 'database.unavailable' });
    expect(asUnavailable(Object.assign(withCode('ENOENT'), { syscall: 'open' }))).toBeUndefined();
  });

  it.each([
    'Received unexpected commandComplete message from backend.',
    'Connection terminated unexpectedly',
    'could not fork new process for connection: Resource temporarily unavailable',
    'This socket is closed',
  ])('knows what the driver says without a code: %s', (message) => {
    expect(asUnavailable(new Error(message))).toMatchObject({ code: 'database.unavailable' });
  });

  it.each(['40P01', '40001'])('takes %s, where running it again did not help, for a busy database', (state) => {
    expect(asUnavailable(withCode(state))).toMatchObject({ code: 'database.busy' });
    expect(asUnavailable(wrapped(state))).toMatchObject({ code: 'database.busy' });
    expect(asUnavailable(known('P2034'))).toMatchObject({ code: 'database.busy' });
  });

  it.each(['P1011', 'P1018'])('takes %s of Prisma for a database that is away', (code) => {
    expect(asUnavailable(known(code))).toMatchObject({ code: 'database.unavailable' });
  });

  it('knows a transaction that ran out of time', () => {
    expect(asUnavailable(known('P2028'))).toMatchObject({ code: 'database.busy', retryAfterSeconds: 2 });
  });

  it.each([withCode('23505'), withCode('22001'), known('P2002'), new TypeError('x is not a function'), 'text', null])(
    'leaves what is our own fault: %p',
    (error) => {
      expect(asUnavailable(error)).toBeUndefined();
    },
  );
});
