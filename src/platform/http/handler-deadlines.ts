import type { FastifyInstance, FastifyReply } from 'fastify';
import { performance } from 'node:perf_hooks';
import { Members, type Member } from './members.js';
import { partsOfHttpError } from './problem.js';
import { sendProblem } from './send-problem.js';
import { LONGEST_REQUEST_MS, routeStreams } from './streams.js';

const LOOK_MS = 200;

interface Waiting extends Member {
  readonly reply: FastifyReply;
  /** When it has to be answered, by the clock that does not jump. */
  readonly due: number;
}

/**
 * Answers 503 `request.timeout` for handlers that take longer than `timeoutMs`, and cuts the connection where the answer has begun. Routes
 * that stream have as long as any request. One look now and then for all of them, instead of Fastify's `handlerTimeout`, which makes
 * a timer, a listener and an abort signal with its error for each request.
 */
export function answerInTime(server: FastifyInstance, timeoutMs: number): void {
  const waiting = new Members<Waiting>();
  server.addHook('onRequest', (request, reply, done) => {
    const limitMs = routeStreams(request) ? LONGEST_REQUEST_MS : timeoutMs;
    const own: Waiting = { reply, due: performance.now() + limitMs, place: -1 };
    waiting.add(own);
    reply.raw.once('close', () => waiting.delete(own));
    done();
  });
  const timer = setInterval(() => {
    const now = performance.now();
    for (const own of waiting.all()) {
      if (own.due > now) continue;
      waiting.delete(own);
      giveUp(own.reply);
    }
  }, LOOK_MS);
  timer.unref();
  server.addHook('onClose', (_server, done) => {
    clearInterval(timer);
    done();
  });
}

function giveUp(reply: FastifyReply): void {
  if (reply.raw.headersSent) reply.raw.destroy();
  else if (!reply.sent) sendProblem(reply.request, reply, partsOfHttpError(503, 'FST_ERR_HANDLER_TIMEOUT'));
}
