import { toUserResponse } from '../../users/index.js';
import type { SignInResult } from '../app/sessions.service.js';
import type { SignInResponse } from './auth.dto.js';

export function toSignInResponse(result: SignInResult): SignInResponse {
  return {
    user: toUserResponse(result.user),
    accessToken: result.accessToken,
    tokenType: 'Bearer',
    expiresIn: result.expiresIn,
    refreshToken: result.refreshToken,
  };
}
