import type { Provider, Type } from '@nestjs/common';
import { RefreshService } from './app/refresh.service.js';
import { FrontEnds } from './http/front-ends.js';
import { TokensController } from './http/tokens.controller.js';
import { RefreshTokenChain } from './tokens/refresh-token.js';

/** The part of auth that is about refresh tokens, in a body or in a web front end's cookie. */
export const frontEndControllers: Type[] = [TokensController];

export const frontEndProviders: Provider[] = [RefreshService, RefreshTokenChain, FrontEnds];
