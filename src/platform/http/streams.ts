import { RequestTimeoutException } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { AppError } from '../errors/index.js';

/** No request takes longer, however it streams. */
export const LONGEST_REQUEST_MS = 3_600_000;

interface StreamConfig {
  readonly streamedBody?: boolean;
  readonly streamedAnswer?: boolean;
}

/** The route reads its body while it comes in, with `readBodyStream`; guards answer before. */
export const StreamedBody = () => RouteConfig({ streamedBody: true } satisfies StreamConfig);

/** The route's answer is written while it is read, and may take longer than other answers. */
export const StreamedAnswer = () => RouteConfig({ streamedAnswer: true } satisfies StreamConfig);

/** Whether the request's route is one of these: it moves more, and takes longer, than others. */
export function routeStreams(request: FastifyRequest): boolean {
  const { streamedBody, streamedAnswer } = (request.routeOptions.config ?? {}) as StreamConfig;
  return streamedBody === true || streamedAnswer === true;
}

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** What the sender of a late body has on top of the time for the answer, so that the answer goes out first. */
const GRACE_MS = 1_000;

/**
 * Lets routes stream. Bodies of `mediaTypes` reach the routes that are marked so, and no others, as they come in. Of every other
 * request the connection is cut when its body is not there within `bodyTimeoutMs`: Node's own limit for that knows no routes.
 */
export function acceptStreams(server: FastifyInstance, mediaTypes: string[], bodyTimeoutMs: number): void {
  server.addHook('onRequest', ({ raw, headers }, _reply, done) => {
    if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') {
      const timer = cutUnlessComplete(raw, bodyTimeoutMs + GRACE_MS);
      deadlines.set(raw, timer);
      raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
  server.addContentTypeParser(mediaTypes, (request: FastifyRequest, payload: IncomingMessage, done) => {
    const { streamedBody } = (request.routeOptions.config ?? {}) as StreamConfig;
    if (streamedBody || request.is404) done(null, payload);
    else done(unsupported('This body type is not understood here.'));
  });
}

export interface BodyLimits {
  /** In small letters, without parameters; text is UTF-8. */
  readonly mediaType: string;
  readonly limitBytes: number;
  /** How long the sender may pause. */
  readonly idleMs: number;
}

/**
 * The body of a route marked with `StreamedBody`, read as it is asked for. Ending early leaves the connection open for the answer.
 * @throws AppError `request.unsupported_media_type`, `request.unsupported_encoding` (415), `request.too_large` (413),
 *   `request.incomplete` (400) when the sender goes away; 408 when it pauses for too long
 */
export async function* readBodyStream(
  request: FastifyRequest,
  { mediaType, limitBytes, idleMs }: BodyLimits,
): AsyncGenerator<Buffer, void, undefined> {
  const { body, raw } = request;
  if (!(body instanceof Readable) || !isUtf8Of(mediaType, request.headers['content-type']))
    throw unsupported(`The body must be ${mediaType} in UTF-8.`);
  const coding = request.headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity')
    throw new AppError('unsupported_media', 'request.unsupported_encoding', 'The body must not be compressed.');
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  clearTimeout(deadlines.get(raw));
  const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, undefined>;
  let received = 0;
  try {
    for (;;) {
      const { done, value } = await inTime(chunks.next(), idleMs);
      if (done) return;
      received += value.length;
      if (received > limitBytes) throw tooLarge(limitBytes);
      yield value;
    }
  } catch (error) {
    throw raw.destroyed && !raw.complete ? incomplete() : error;
  } finally {
    // What is not read would stay in the way of the next request. The sender may pause, so nobody waits for it.
    void chunks.return?.().then(() => body.resume());
    // Whoever goes on sending after the answer does not do so for ever.
    if (!raw.complete) cutUnlessComplete(raw, idleMs + GRACE_MS);
  }
}

function cutUnlessComplete(raw: IncomingMessage, ms: number): NodeJS.Timeout {
  return setTimeout(() => {
    if (!raw.complete) raw.destroy();
  }, ms).unref();
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RequestTimeoutException()), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function isUtf8Of(mediaType: string, contentType = ''): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((text) => /^\s*charset="?([^"]*?)"?\s*$/.exec(text)?.[1]).find((name) => name);
  return type.trim() === mediaType && ['utf-8', 'utf8', 'us-ascii', undefined].includes(charset);
}

function unsupported(detail: string): AppError {
  return new AppError('unsupported_media', 'request.unsupported_media_type', detail);
}

function tooLarge(limitBytes: number): AppError {
  const megabytes = Math.floor(limitBytes / 1024 / 1024);
  return new AppError('too_large', 'request.too_large', `The body is larger than ${megabytes} MB.`);
}

function incomplete(): AppError {
  return new AppError('malformed', 'request.incomplete', 'The body ended before all of it was sent.');
}
