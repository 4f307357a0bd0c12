import type { FastifyReply } from 'fastify';
import { toUserResponse } from '../../users/index.js';
import type { SignInResult } from '../app/sessions.service.js';
import type { SignInOutcome } from '../app/sign-in.service.js';
import type { SignInResponse } from './auth.dto.js';
import { setRefreshCookie } from './refresh-cookie.js';
import type { SecondFactorResponse } from './second-step.dto.js';

/** What a client gets that has signed in. A refresh token that is to live in a cookie goes there, and nowhere else. */
export function toSignInResponse(result: SignInResult, reply: FastifyReply): SignInResponse {
  if (result.cookie) setRefreshCookie(reply, result.refreshToken, result.sessionEndsAt);
  return {
    user: toUserResponse(result.user),
    accessToken: result.accessToken,
    tokenType: 'Bearer',
    expiresIn: result.expiresIn,
    ...(result.cookie ? {} : { refreshToken: result.refreshToken }),
  };
}

/** What a sign-in answers that has shown one factor. */
export function toOutcomeResponse(outcome: SignInOutcome, reply: FastifyReply): SignInResponse | SecondFactorResponse {
  if (outcome.kind === 'signed_in') return toSignInResponse(outcome.result, reply);
  const { token, methods, expiresIn } = outcome.step;
  return { secondFactor: { token, methods: [...methods], expiresIn } };
}
