import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem, PROBLEM_TYPE, type ProblemParts } from './problem.js';
import { noteRefusal } from './refusals.js';

/** Answers from a hook, before any route has a say: as little work as can be, since it is done when there is too much of that. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ProblemParts,
  retryAfterSeconds?: number,
): void {
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  noteRefusal(request, parts.code);
  void reply
    .status(parts.status)
    .header('content-type', PROBLEM_TYPE)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem(parts, request)));
}
