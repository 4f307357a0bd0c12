import { AppError, ConflictError, InvalidError } from '../../platform/errors/index.js';

/** 503: the provider does not answer, or not as one. */
export class ProviderUnavailableError extends AppError {
  constructor() {
    super(
      'unavailable',
      'auth.provider_unavailable',
      'The provider cannot be asked at this moment; try again shortly.',
      {
        retryAfterSeconds: 30,
      },
    );
  }
}

/** 401: the provider, or what came back from it, does not say that it is this person. Which check failed is not told. */
export class ProviderRefusedError extends AppError {
  constructor() {
    super(
      'unauthenticated',
      'auth.provider_refused',
      'The sign-in with this provider was not successful; begin it again.',
    );
  }
}

/** 409: an account has the address, and nothing shows that both are of one person. */
export class IdentityNotLinkedError extends ConflictError {
  constructor() {
    super(
      'auth.identity_not_linked',
      'There is an account with this e-mail address. Sign in to it, and link the provider there.',
    );
  }
}

/** 409: the provider does not vouch for an address, so no account can be made. */
export class ProviderEmailUnverifiedError extends ConflictError {
  constructor() {
    super('auth.provider_email_unverified', 'The provider names no e-mail address that it has verified.');
  }
}

/** 409: the person is known here as another account's. */
export class IdentityTakenError extends ConflictError {
  constructor() {
    super(
      'auth.identity_taken',
      'This sign-in is linked to another account, or the account to another sign-in of the provider.',
    );
  }
}

/** 422 */
export class RedirectNotAllowedError extends InvalidError {
  constructor(pointer: string) {
    super('auth.redirect_not_allowed', 'The address is none that a provider may send people back to.', [
      { pointer, code: 'redirect_not_allowed', detail: `${pointer.slice(1)} is not one of the configured addresses` },
    ]);
  }
}
