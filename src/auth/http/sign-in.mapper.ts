import { toUserResponse } from '../../users/index.js';
import type { SignInResult } from '../app/sessions.service.js';
import type { SignInOutcome } from '../app/sign-in.service.js';
import type { SignInResponse } from './auth.dto.js';
import type { SecondFactorResponse } from './second-step.dto.js';

export function toSignInResponse(result: SignInResult): SignInResponse {
  return {
    user: toUserResponse(result.user),
    accessToken: result.accessToken,
    tokenType: 'Bearer',
    expiresIn: result.expiresIn,
    refreshToken: result.refreshToken,
  };
}

/** What a sign-in answers that has shown one factor. */
export function toOutcomeResponse(outcome: SignInOutcome): SignInResponse | SecondFactorResponse {
  if (outcome.kind === 'signed_in') return toSignInResponse(outcome.result);
  const { token, methods, expiresIn } = outcome.step;
  return { secondFactor: { token, methods: [...methods], expiresIn } };
}
