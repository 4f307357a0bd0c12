import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { performance } from 'node:perf_hooks';
import { partsOfHttpError } from './problem.js';
import { sendProblem } from './send-problem.js';
import { LONGEST_REQUEST_MS, routeStreams } from './streams.js';

const LOOK_MS = 200;

/** Requests that have the same time for their answers: the one that came first is due first. */
class Waiting {
  private readonly since = new Map<FastifyReply, number>();

  constructor(private readonly limitMs: number) {}

  add(reply: FastifyReply): void {
    this.since.set(reply, performance.now());
  }

  delete(reply: FastifyReply): void {
    this.since.delete(reply);
  }

  *overdue(): Generator<FastifyReply> {
    const latest = performance.now() - this.limitMs;
    for (const [reply, since] of this.since) {
      if (since > latest) return;
      this.since.delete(reply);
      yield reply;
    }
  }
}

/**
 * Answers 503 `request.timeout` for handlers that take longer than `timeoutMs`, and cuts the connection where the answer has begun. Routes
 * that stream have as long as any request. One look now and then for all of them, instead of Fastify's `handlerTimeout`, which makes
 * a timer, a listener and an abort signal with its error for each request.
 */
export function answerInTime(server: FastifyInstance, timeoutMs: number): void {
  const usual = new Waiting(timeoutMs);
  const streams = new Waiting(LONGEST_REQUEST_MS);
  const waitingWith = (request: FastifyRequest) => (routeStreams(request) ? streams : usual);
  server.addHook('onRequest', (request, reply, done) => {
    const waiting = waitingWith(request);
    waiting.add(reply);
    reply.raw.once('close', () => waiting.delete(reply));
    done();
  });
  const timer = setInterval(() => {
    for (const waiting of [usual, streams]) for (const reply of waiting.overdue()) giveUp(reply);
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
