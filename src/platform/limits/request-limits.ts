import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SignedIn } from '../access/index.js';
import { clientAddressOf } from '../http/client-address.js';
import { sendProblem } from '../http/send-problem.js';
import { routeStreams } from '../http/streams.js';
import { GeneralLimits, type RouteClass } from './general-limits.js';
import { announce, requireWithinLimit } from './rate-limits.js';

const CODE = 'request.rate_limited';
const TOO_MANY = { status: 429, code: CODE, detail: 'Too many requests; see Retry-After.' };
/** Whoever watches the process asks from one address for all. */
const NEVER_LIMITED = '/health/live';

/** Applies the general limits to a request. */
@Injectable()
export class RequestLimits {
  constructor(private readonly limits: GeneralLimits) {}

  /** Counts each request by its client's address, before anything of it is read; 429 `request.rate_limited` beyond the limit. */
  attach(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      if (request.routeOptions.url === NEVER_LIMITED) return done();
      const state = this.limits.take('address', classOf(request), clientAddressOf(request));
      announce(reply, state);
      if (state?.exceeded) sendProblem(request, reply, TOO_MANY, state.resetSeconds);
      else done();
    });
  }

  /**
   * Counts a request by who was found to send it. One with an API key counts to the key and not to the address: servers that serve many
   * people from one address are meant to use a key.
   * @throws RateLimitedError `request.rate_limited` (429)
   */
  countCaller(request: FastifyRequest, reply: FastifyReply, user: SignedIn): void {
    const routeClass = classOf(request);
    const byKey = user.via.kind === 'key';
    if (byKey) {
      this.limits.giveBack('address', routeClass, clientAddressOf(request));
      for (const field of ['ratelimit', 'ratelimit-policy']) void reply.removeHeader(field);
    }
    const state =
      user.via.kind === 'key'
        ? this.limits.take('key', routeClass, user.via.keyId)
        : this.limits.take('account', routeClass, user.userId);
    announce(reply, state);
    requireWithinLimit(state, CODE);
  }
}

function classOf(request: FastifyRequest): RouteClass {
  if (routeStreams(request)) return 'heavy';
  return request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS' ? 'reads' : 'writes';
}
