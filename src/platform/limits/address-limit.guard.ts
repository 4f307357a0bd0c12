import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddressOf } from '../http/client-address.js';
import { ApiLimit } from '../http/index.js';
import { countedAddress } from './client-address.js';
import type { Limit } from './limit.js';
import { announce, RateLimits, requireWithinLimit } from './rate-limits.js';

const LIMIT = 'backroom:limit-by-address';

/** Counts requests by the client's address, before anything of the request is validated. */
@Injectable()
class AddressLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  /** @throws RateLimitedError `auth.rate_limited` (429) */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const limit = this.reflector.get<Limit | undefined>(LIMIT, context.getHandler());
    if (!limit) return true;
    const http = context.switchToHttp();
    const state = await this.limits.take(limit, countedAddress(clientAddressOf(http.getRequest<FastifyRequest>())));
    announce(http.getResponse<FastifyReply>(), state);
    requireWithinLimit(state);
    return true;
  }
}

/** Limits a route by the client's address. Its module imports `LimitsModule`. */
export const LimitByAddress = (limit: Limit) =>
  applyDecorators(SetMetadata(LIMIT, limit), UseGuards(AddressLimitGuard), ApiLimit());
