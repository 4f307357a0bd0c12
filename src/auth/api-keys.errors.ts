import { AppError, ConflictError, InvalidError } from '../platform/errors/index.js';

/** 403: what concerns an account itself takes its owner's own session; an API key is not enough. */
export class SessionRequiredError extends AppError {
  constructor() {
    super('forbidden', 'auth.session_required', 'This takes a session of the person; an API key may not do it.');
  }
}

/** 403: a key would open more than its maker, or whoever revokes it, may do. */
export class KeyBeyondOwnPermissionsError extends AppError {
  constructor() {
    super('forbidden', 'auth.beyond_own_permissions', 'This takes permissions that you do not hold yourself.');
  }
}

/** 409: more keys than an account may have at once. */
export class TooManyApiKeysError extends ConflictError {
  constructor(most: number) {
    super('auth.too_many_api_keys', `An account has ${most} usable API keys at most; revoke one first.`);
  }
}

/** 409: a key that is revoked or expired does not come back. */
export class ApiKeyEndedError extends ConflictError {
  constructor() {
    super('auth.api_key_ended', 'The key is revoked or has expired; make another one.');
  }
}

/** 422 */
export class KeyExpiryError extends InvalidError {
  constructor() {
    super('request.invalid', 'Some values are not acceptable.', [
      { pointer: '/expiresAt', code: 'not_in_future', detail: 'expiresAt must lie ahead, by ten years at most' },
    ]);
  }
}
