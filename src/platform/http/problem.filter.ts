import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { asUnavailable } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { LOGGER } from '../observability/logger.js';
import { allowedMethods } from './allowed-methods.js';
import { partsOf, partsOfHttpError, problem, PROBLEM_TYPE, type ProblemParts } from './problem.js';
import { noteRefusal } from './refusals.js';

/** For a 503 that says nothing of its own, as where an answer took too long. */
const RETRY_AFTER_SECONDS = 2;

/** Turns whatever was thrown into a problem document. What nobody expected is logged whole and answered with a bare 500. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    let parts = this.partsFor(error, request);
    if (parts.status === 404 && error instanceof HttpException) {
      const allow = allowedMethods(request.server, request.url);
      if (allow.length > 0) {
        void reply.header('allow', allow.join(', '));
        parts = { status: 405, code: 'request.method_not_allowed', detail: `Allowed here: ${allow.join(', ')}.` };
      }
    }
    const expected = error instanceof AppError ? error : asUnavailable(error);
    const retryAfter = expected?.retryAfterSeconds ?? (parts.status === 503 ? RETRY_AFTER_SECONDS : undefined);
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    if (parts.status === 401 && !reply.hasHeader('www-authenticate'))
      void reply.header('www-authenticate', challenge(parts.code));
    noteRefusal(request, parts.code);
    void reply
      .status(parts.status)
      .header('content-type', PROBLEM_TYPE)
      .header('cache-control', 'no-store')
      .send(JSON.stringify(problem(parts, request)));
  }

  private partsFor(error: unknown, request: FastifyRequest): ProblemParts {
    if (error instanceof AppError) return partsOf(error);
    const unavailable = asUnavailable(error);
    if (unavailable) {
      this.logger.error({ err: error, reqId: request.id }, 'database unavailable');
      return partsOf(unavailable);
    }
    if (error instanceof HttpException) {
      if (error.getStatus() === 404)
        return { status: 404, code: 'request.route_not_found', detail: 'There is nothing at this address.' };
      // Nest wraps a parser's error; its own code says more than the status.
      return partsOfHttpError(error.getStatus(), codeOf(error.cause) ?? codeOf(error));
    }
    const { statusCode } = (error ?? {}) as { statusCode?: unknown };
    if (typeof statusCode === 'number' && (statusCode < 500 || statusCode === 503))
      return partsOfHttpError(statusCode, codeOf(error));
    this.logger.error({ err: error, reqId: request.id }, 'unexpected error');
    return partsOfHttpError(500, undefined);
  }
}

/** RFC 6750, 3: only a token that was sent and is not valid gets an error code. */
function challenge(code: string): string {
  return code === 'auth.token_invalid' ? 'Bearer realm="backroom", error="invalid_token"' : 'Bearer realm="backroom"';
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
