import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../config/index.js';

/** Injection token of the server's one logger. */
export const LOGGER = Symbol('logger');

const SECRET_FIELDS = [
  'password',
  'passwordHash',
  'accessToken',
  'refreshToken',
  'token',
  'authorization',
  'cookie',
  'order-token',
  'secret',
  'databaseUrl',
];

/** JSON lines with secrets taken out, or readable lines in development. */
export function createLogger(config: Pick<Config, 'logLevel' | 'logPretty'>, destination?: DestinationStream): Logger {
  const options = {
    level: config.logLevel,
    base: undefined,
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: '[redacted]',
    },
    serializers: { err: serializeError },
  };
  if (destination) return pino(options, destination);
  return config.logPretty
    ? pino({
        ...options,
        transport: {
          target: 'pino-pretty',
          options: { translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname', singleLine: true },
        },
      })
    : pino(options, byTurns(pino.destination({ dest: 1, sync: true })));
}

/** Characters of lines that wait for the end of a turn of the event loop. */
const MOST_HELD = 8 * 1024;

/**
 * The lines of one turn of the event loop are written together at its end, and when the process ends: each write costs as much as the rest of a
 * line. Only a process that is killed loses those of its last turn.
 */
function byTurns(destination: DestinationStream): DestinationStream {
  let held = '';
  let waits = false;
  const flush = () => {
    if (held !== '') destination.write(held);
    held = '';
  };
  process.once('exit', flush);
  return {
    write(line) {
      held += line;
      if (held.length >= MOST_HELD) flush();
      if (waits) return;
      waits = true;
      setImmediate(() => {
        waits = false;
        flush();
      });
    },
  };
}

/**
 * For lines of requests, which are many: the same stream and level, without looking for secrets, since their fields are known and hold none.
 * The looking costs more than all the rest of a line.
 */
export function requestLogger(logger: Logger): Logger {
  return logger.child({}, { redact: [] });
}

/** Without the properties that drivers hang on their errors (queries, parameters): they hold customers' data. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(error.cause instanceof Error ? { cause: { type: error.cause.name, message: error.cause.message } } : {}),
  };
}

/** Parameters whose values are nobody's: of all others a log shows the name alone. */
const SHOWN_PARAMETERS = new Set([
  'limit',
  'sort',
  'order',
  'status',
  'format',
  'category',
  'currency',
  'role',
  'action',
]);

const MAIL_SIGN = /@|%40/;
const PLAIN_NAME = /^[a-z]{0,30}$/i;

/** A request's address without what may tell of a person or open a door: most values of its query, and anything like an e-mail address. */
export function redactUrl(url: string): string {
  const query = url.indexOf('?');
  if (query < 0) return redactPath(url);
  const pairs = url.slice(query + 1).split('&');
  return `${redactPath(url.slice(0, query))}?${pairs.map(redactPair).join('&')}`;
}

function redactPath(path: string): string {
  if (!MAIL_SIGN.test(path)) return path;
  return path
    .split('/')
    .map((segment) => (MAIL_SIGN.test(segment) ? '[redacted]' : segment))
    .join('/');
}

function redactPair(pair: string): string {
  const end = pair.indexOf('=');
  const name = end < 0 ? pair : pair.slice(0, end);
  if (SHOWN_PARAMETERS.has(name)) return pair;
  const plain = PLAIN_NAME.test(name) ? name : '[redacted]';
  return end < 0 ? plain : `${plain}=[redacted]`;
}

/** Nest's own messages into the same stream. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  private write(level: 'trace' | 'debug' | 'warn' | 'error', message: unknown, rest: unknown[]): void {
    const context = rest.findLast((part) => typeof part === 'string');
    if (message instanceof Error) this.logger[level]({ err: message, context });
    else this.logger[level]({ context }, typeof message === 'string' ? message : JSON.stringify(message));
  }
}
