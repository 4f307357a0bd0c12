import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config/index.js';
import type { Metrics } from '../observability/metrics.js';
import { redactUrl } from '../observability/logger.js';
import { actorOf } from '../access/access.decorators.js';
import { recordRoutes } from './allowed-methods.js';
import { partsOfHttpError, problem, PROBLEM_TYPE } from './problem.js';
import { refusalOf } from './refusals.js';
import { acceptStreams, LONGEST_REQUEST_MS } from './streams.js';

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** The Fastify server under Nest: limits, request ids, and problem documents also for what no route ever sees. */
export function createAdapter(config: Config, logger?: Logger): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: LONGEST_REQUEST_MS,
    handlerTimeout: config.requestTimeoutMs,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    trustProxy: config.trustedProxies > 0 ? (_address: string, hop: number) => hop < config.trustedProxies : false,
    exposeHeadRoutes: true,
    http: { maxHeaderSize: 16 * 1024, headersTimeout: Math.min(60_000, config.requestTimeoutMs) },
    routerOptions: { maxParamLength: 500 },
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: answerFrameworkErrors(logger),
    clientErrorHandler: answerClientErrors(logger),
  });
  const server = adapter.getInstance<FastifyInstance>();
  recordRoutes(server);
  acceptStreams(server, ['text/csv'], config.requestTimeoutMs);
  return adapter;
}

/** Hooks that need the application's parts. */
export function addHooks(server: FastifyInstance, logger: Logger, metrics: Metrics): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    const line = {
      reqId: request.id,
      method: request.method,
      url: redactUrl(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ...callerOf(request),
      ...(refusalOf(request) === undefined ? {} : { code: refusalOf(request) }),
    };
    if (reply.statusCode >= 500) logger.error(line, 'request');
    else logger.info(line, 'request');
    done();
  });
}

/** Who asked, by ids that are nobody's name: what the request's line tells beside what was asked and how it ended. */
function callerOf(request: object): { user?: string; key?: string } {
  const actor = actorOf(request);
  if (actor?.kind !== 'user') return {};
  return actor.via.kind === 'key' ? { user: actor.userId, key: actor.via.keyId } : { user: actor.userId };
}

/** What the router refuses before a route is found, such as an address that cannot be decoded. No hook sees it, so it is logged here. */
function answerFrameworkErrors(logger: Logger | undefined): NonNullable<FastifyServerOptions['frameworkErrors']> {
  return (error, request, reply) => {
    const parts = partsOfHttpError(error.statusCode ?? 400, error.code);
    const plain = reply as FastifyReply;
    void plain.status(parts.status).header('x-request-id', request.id).header('content-type', PROBLEM_TYPE);
    void plain.send(JSON.stringify(problem(parts, request)));
    const { method, url, id } = request;
    logger?.info({ reqId: id, method, url: redactUrl(url), status: parts.status, code: parts.code }, 'request');
  };
}

/** What Node's parser refuses (RFC 9112) before there is a request: answered on the bare socket. */
function answerClientErrors(logger: Logger | undefined): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (socket.destroyed || error.code === 'ECONNRESET') return;
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    const id = randomUUID();
    const parts =
      status === 400
        ? { status, code: 'request.malformed', detail: 'The request is not valid HTTP.' }
        : partsOfHttpError(status, undefined);
    logger?.info({ reqId: id, status, code: parts.code, reason: error.code }, 'request');
    const document = problem(parts, { id, url: '/' });
    const body = JSON.stringify(document);
    const head = [
      `HTTP/1.1 ${status} ${document.title}`,
      `Content-Type: ${PROBLEM_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${id}`,
      'Connection: close',
    ];
    if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    else socket.destroy();
  };
}
