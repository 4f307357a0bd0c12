import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { entityTag, noneMatch } from './conditional.js';

/** An answer whose JSON is already text (as PostgreSQL built it, or as an idempotency record keeps it). */
export class JsonText {
  constructor(
    readonly text: string,
    readonly version = 0,
  ) {}
}

/** Writes an object's JSON once, tags it, and answers 304 where the client has it already. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(map((body: unknown) => answer(body, request, reply)));
  }
}

function answer(body: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  const json =
    body instanceof JsonText ? body : isPlain(body) ? new JsonText(JSON.stringify(body), versionOf(body)) : undefined;
  if (!json) return body;
  void reply.header('content-type', 'application/json; charset=utf-8');
  const read = request.method === 'GET' || request.method === 'HEAD';
  if (read || json.version > 0) {
    const tag = entityTag(json.version, json.text);
    void reply.header('etag', tag);
    if (read) {
      if (!noneMatch(request.headers['if-none-match'], tag)) {
        void reply.status(304).removeHeader('content-type');
        return undefined;
      }
    }
  }
  return json.text;
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
