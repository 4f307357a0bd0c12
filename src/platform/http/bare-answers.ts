import type { FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { redactUrl } from '../observability/logger.js';
import { partsOfHttpError, problem, PROBLEM_TYPE, type ProblemParts } from './problem.js';
import { noteRefusal } from './refusals.js';
import type { HeaderSet } from './security-headers.js';

type FrameworkErrors = NonNullable<FastifyServerOptions['frameworkErrors']>;

/** What the answers that no route makes carry, and where they are logged. */
export interface BareAnswers {
  readonly headers: HeaderSet;
  readonly logger: Logger | undefined;
}

const NO_HOST: ProblemParts = { status: 400, code: 'request.malformed', detail: 'The request names no host.' };

/** What the router refuses before a route is found, such as an address that cannot be decoded. No hook sees it, so it is logged here. */
export function answerFrameworkErrors({ headers, logger }: BareAnswers): FrameworkErrors {
  return (error, request, reply) => {
    const parts = partsOfHttpError(error.statusCode ?? 400, error.code);
    const plain = reply as FastifyReply;
    send(plain.headers(headers), parts, request);
    const { method, url, id } = request;
    logger?.info({ reqId: id, method, url: redactUrl(url), status: parts.status, code: parts.code }, 'request');
  };
}

/** What Node's parser refuses (RFC 9112) before there is a request: answered on the bare socket. */
export function answerClientErrors({ headers, logger }: BareAnswers) {
  const fixed = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (socket.destroyed || error.code === 'ECONNRESET') return;
    const id = randomUUID();
    const parts = partsOfClientError(error.code);
    logger?.info({ reqId: id, status: parts.status, code: parts.code, reason: error.code }, 'request');
    if (!socket.writable) return void socket.destroy();
    const document = problem(parts, { id, url: '/' });
    const body = JSON.stringify(document);
    const head = [
      `HTTP/1.1 ${document.status} ${document.title}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${id}`,
      'connection: close',
      ...fixed,
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
}

/**
 * The two requests that Node would refuse by itself, with an empty answer: one of HTTP/1.1 without `Host` (RFC 9112, 3.2; the
 * server is made with `requireHostHeader: false`), and one that expects what nobody knows (RFC 9110, 10.1.1).
 */
export function refuseWhatNodeWould(server: FastifyInstance, { headers, logger }: BareAnswers): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (request.headers.host !== undefined || request.raw.httpVersion !== '1.1') return done();
    noteRefusal(request, NO_HOST.code);
    send(reply.header('connection', 'close'), NO_HOST, request);
  });
  server.server.on('checkExpectation', ({ method, url = '/' }: IncomingMessage, response: ServerResponse) => {
    const id = randomUUID();
    const parts = partsOfHttpError(417, undefined);
    logger?.info({ reqId: id, method, url: redactUrl(url), status: parts.status, code: parts.code }, 'request');
    const body = JSON.stringify(problem(parts, { id, url }));
    const more = { 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body), 'x-request-id': id };
    response.writeHead(parts.status, { ...headers, ...more, connection: 'close' }).end(body);
  });
}

function send(reply: FastifyReply, parts: ProblemParts, request: { id: string; url: string }): void {
  void reply
    .status(parts.status)
    .header('x-request-id', request.id)
    .header('content-type', PROBLEM_TYPE)
    .send(JSON.stringify(problem(parts, request)));
}

function partsOfClientError(code: string | undefined): ProblemParts {
  if (code === 'HPE_HEADER_OVERFLOW') return partsOfHttpError(431, undefined);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return partsOfHttpError(408, undefined);
  return { status: 400, code: 'request.malformed', detail: 'The request is not valid HTTP.' };
}
