import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { entityTag, noneMatch } from './conditional.js';

/** An answer whose JSON is already text (as PostgreSQL built it, or as an idempotency record keeps it). */
export class JsonText {
  private tag: string | undefined;

  constructor(
    readonly text: string,
    readonly version = 0,
  ) {}

  /** Made once, however often the text is sent. */
  get etag(): string {
    return (this.tag ??= entityTag(this.version, this.text));
  }
}

/**
 * Writes an object's JSON once, tags it, and answers 304 where the client has it already. A hook of the server and no interceptor: of those,
 * one is enough to send every request through a chain of observables and promises, which costs more than the rest of an answer.
 */
export function writeAnswers(server: FastifyInstance): void {
  server.addHook('preSerialization', (request, reply, body, done) => {
    const json = asJson(body);
    if (!json) return done(null, body);
    void reply.serializer(textOf);
    done(null, tag(json, request, reply));
  });
}

interface Written {
  /** null: there is nothing to send. */
  readonly text: string | null;
}

const NOTHING: Written = { text: null };

/** Fastify sends nothing where it is given null, which its types do not say. */
const textOf = (written: unknown) => (written as Written).text as string;

function asJson(body: unknown): JsonText | undefined {
  if (body instanceof JsonText) return body;
  return isPlain(body) ? new JsonText(JSON.stringify(body), versionOf(body)) : undefined;
}

function tag(json: JsonText, request: FastifyRequest, reply: FastifyReply): Written {
  const read = request.method === 'GET' || request.method === 'HEAD';
  if (!read && json.version === 0) return json;
  const { etag } = json;
  void reply.header('etag', etag);
  if (!read || noneMatch(request.headers['if-none-match'], etag)) return json;
  void reply.status(304).removeHeader('content-type');
  return NOTHING;
}

/** What JSON.stringify should write; streams and strings (metrics, CSV, images) go out as they are. */
function isPlain(body: unknown): body is object {
  if (body === null || typeof body !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === Object.prototype || prototype === null || Array.isArray(body);
}

function versionOf(body: object): number {
  const { version } = body as { version?: unknown };
  return typeof version === 'number' ? version : 0;
}
