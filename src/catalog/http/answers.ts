import type { FastifyReply } from 'fastify';
import type { Actor } from '../../platform/access/index.js';
import { JsonText } from '../../platform/http/index.js';
import type { KeptAnswer } from '../../platform/idempotency/index.js';

/**
 * An answer that is the same for everyone who has not signed in: caches may keep it, and ask again before each use whether it
 * still holds. Staff may see more at the same address.
 */
export function sendPublicly(reply: FastifyReply, actor: Actor, body: JsonText): JsonText {
  const caching = actor.kind === 'guest' ? 'public, max-age=0, must-revalidate' : 'private, no-cache';
  void reply.header('cache-control', caching).header('vary', 'authorization');
  return body;
}

/** What was made, now or by the first request with the same key. */
export function sendKept(reply: FastifyReply, answer: KeptAnswer): JsonText {
  void reply.headers(answer.headers);
  const { version = 0 } = JSON.parse(answer.body) as { version?: number };
  return new JsonText(answer.body, version);
}
