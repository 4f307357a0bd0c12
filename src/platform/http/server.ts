import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { ServerOptions as HttpOptions } from 'node:http';
import type { ServerOptions as HttpsOptions } from 'node:https';
import type { Logger } from 'pino';
import type { Config } from '../config/index.js';
import type { Metrics } from '../observability/metrics.js';
import { redactUrl, requestLogger } from '../observability/logger.js';
import { tellTimings } from '../observability/server-timing.js';
import { HANDSHAKE, readCertificate, secureOptions } from '../tls/index.js';
import { actorOf } from '../access/access.decorators.js';
import { writeAnswers } from './answers.js';
import { noteClientAddress } from './client-address.js';
import { recordRoutes } from './allowed-methods.js';
import { answerClientErrors, answerFrameworkErrors, refuseWhatNodeWould } from './bare-answers.js';
import { allowOrigins } from './cors.js';
import { answerInTime } from './handler-deadlines.js';
import { outOfBounds } from './request-bounds.js';
import { refusalOf } from './refusals.js';
import { securityHeaders, setOnEveryAnswer } from './security-headers.js';
import { sendProblem } from './send-problem.js';
import { closeSilentConnections } from './silent-connections.js';
import { cutSlowReaders } from './slow-readers.js';
import { acceptStreams, LONGEST_REQUEST_MS } from './streams.js';

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Characters of one parameter in a path; longer ones get 414. */
export const LONGEST_PARAMETER = 500;
/** How long a client may take over its header fields, and how often that is looked at. */
const HEADERS_MS = 15_000;
const CONNECTIONS_CHECK_MS = 2_000;

/** The Fastify server under Nest: limits, request ids, and problem documents also for what no route ever sees. */
export function createAdapter(config: Config, logger?: Logger): FastifyAdapter {
  const bare = { headers: securityHeaders(config), logger };
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: LONGEST_REQUEST_MS,
    // Nothing goes either way for that long: no handler may take half of it, and who sends or reads pauses less.
    connectionTimeout: config.requestTimeoutMs * 2,
    keepAliveTimeout: 72_000,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    trustProxy: config.trustedProxies > 0 ? (_address: string, hop: number) => hop < config.trustedProxies : false,
    exposeHeadRoutes: true,
    ...transport(config),
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: answerFrameworkErrors(bare),
    clientErrorHandler: answerClientErrors(bare),
  });
  const server = adapter.getInstance<FastifyInstance>();
  if (config.serverTiming) tellTimings(server);
  setOnEveryAnswer(server, bare.headers);
  refuseWhatNodeWould(server, bare);
  cutSlowReaders(server.server);
  closeSilentConnections(server.server);
  recordRoutes(server);
  answerInTime(server, config.requestTimeoutMs);
  allowOrigins(server, config);
  writeAnswers(server);
  acceptStreams(server, ['text/csv'], config.requestTimeoutMs);
  return adapter;
}

/** Bodies are checked by the classes of their controllers. Without this Fastify reads two compilers of JSON Schema at every start. */
function noSchemas(): never {
  throw new Error(
    'Routes have no JSON Schema here: describe the body by a class with the decorators of class-validator',
  );
}

/** HTTP's own bounds, under TLS where the configuration names a certificate; Fastify reads the one or the other. */
function transport(config: Config): { http: HttpOptions } | { https: HttpsOptions } {
  const http: HttpOptions = {
    maxHeaderSize: 16 * 1024,
    headersTimeout: Math.min(HEADERS_MS, config.requestTimeoutMs),
    connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    requireHostHeader: false,
  };
  return config.tls ? { https: { ...http, ...HANDSHAKE, ...secureOptions(readCertificate(config.tls)) } } : { http };
}

/** Hooks that need the application's parts. */
export function addHooks(server: FastifyInstance, config: Config, logger: Logger, metrics: Metrics): void {
  const log = requestLogger(logger);
  server.addHook('onRequest', (request, reply, done) => {
    noteClientAddress(request, config.trustedProxies);
    void reply.header('x-request-id', request.id);
    const refusal = outOfBounds(request);
    if (refusal) sendProblem(request, reply, refusal);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    const code = refusalOf(request);
    const line = {
      reqId: request.id,
      method: request.method,
      url: redactUrl(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ...callerOf(request),
      ...(code === undefined ? {} : { code }),
    };
    if (reply.statusCode >= 500) log.error(line, 'request');
    else log.info(line, 'request');
    done();
  });
}

/** Who asked, by ids that are nobody's name: what the request's line tells beside what was asked and how it ended. */
function callerOf(request: object): { user?: string; key?: string } {
  const actor = actorOf(request);
  if (actor?.kind !== 'user') return {};
  return actor.via.kind === 'key' ? { user: actor.userId, key: actor.via.keyId } : { user: actor.userId };
}
