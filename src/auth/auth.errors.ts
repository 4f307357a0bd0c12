import { AppError, ConflictError, InvalidError } from '../platform/errors/index.js';

/** 401: nobody is signed in where somebody must be. */
export class SignInRequiredError extends AppError {
  constructor() {
    super('unauthenticated', 'auth.required', 'Sign in first.');
  }
}

/** 401: a bearer token that is malformed, forged, expired or revoked; which of these is not told. */
export class TokenInvalidError extends AppError {
  constructor() {
    super('unauthenticated', 'auth.token_invalid', 'The access token is not valid, or not any more.');
  }
}

/** 401: an unknown address, a wrong password and a disabled account answer alike. */
export class CredentialsInvalidError extends AppError {
  constructor() {
    super('unauthenticated', 'auth.credentials_invalid', 'The e-mail address or the password is wrong.');
  }
}

/** 401: the refresh token is unknown or used, or its session has ended. */
export class RefreshTokenInvalidError extends AppError {
  constructor() {
    super('unauthenticated', 'auth.refresh_token_invalid', 'The refresh token is not valid, or not any more.');
  }
}

/** 403 */
export class PermissionMissingError extends AppError {
  constructor(permission: string) {
    super('forbidden', 'auth.permission_missing', `This takes the permission ${permission}.`);
  }
}

/** 403: the user holds permissions, but not in a session that showed one factor alone (STAFF_SECOND_FACTOR). */
export class SecondFactorMissingError extends AppError {
  constructor() {
    super(
      'forbidden',
      'auth.second_factor_missing',
      'Staff of this shop sign in with a second factor: set one up, then sign in with it.',
    );
  }
}

/** 403: a route that was written without saying who may use it is closed. */
export class AccessUndeclaredError extends AppError {
  constructor() {
    super('forbidden', 'auth.access_undeclared', 'Nobody may use this route: it does not say who may.');
  }
}

/** 403: who asks must show anew that they are the person whose account it is. */
export class ProofRequiredError extends AppError {
  constructor() {
    super(
      'forbidden',
      'auth.proof_required',
      'Give the password or a code of the second factor; without either, sign in again first.',
    );
  }
}

/** 422: the password that is to prove who asks is not theirs. */
export class PasswordWrongError extends InvalidError {
  constructor() {
    super('auth.password_wrong', 'The password is wrong.', [
      { pointer: '/password', code: 'password_wrong', detail: 'password is not the password of the account' },
    ]);
  }
}

/** 422: the code is wrong or was used before. */
export class CodeWrongError extends InvalidError {
  constructor() {
    super('auth.code_wrong', 'The code is wrong, or was used before.', [
      { pointer: '/code', code: 'code_wrong', detail: 'code is not a code that is good now' },
    ]);
  }
}

/** 401: the code of the second step is wrong or used. */
export class SecondFactorWrongError extends AppError {
  constructor() {
    super('unauthenticated', 'auth.second_factor_wrong', 'The code is wrong, or was used before.');
  }
}

/** 401: the step of a sign-in is unknown, used, run out or ended by wrong codes, or the account has changed since it began. */
export class SignInStepInvalidError extends AppError {
  constructor() {
    super('unauthenticated', 'auth.sign_in_step_invalid', 'This sign-in has ended; begin it again.');
  }
}

/** 409: the account has a second factor already. */
export class TotpEnabledError extends ConflictError {
  constructor() {
    super('auth.totp_enabled', 'The second factor is on already; switch it off before you set another one up.');
  }
}

/** 409: there is no second factor, or none that waits to be confirmed. */
export class TotpMissingError extends ConflictError {
  constructor() {
    super('auth.totp_missing', 'There is no second factor here; begin one first.');
  }
}

/** 422: a mailed link that is unknown, used, replaced by a later one or run out, or whose account is disabled; which is not told. */
export class LinkInvalidError extends InvalidError {
  constructor() {
    super('auth.link_invalid', 'This link is not good, or not any more; ask for another one.', [
      { pointer: '/token', code: 'link_invalid', detail: 'token is not one that is good now' },
    ]);
  }
}

/** 409: there is nothing to confirm. */
export class EmailAlreadyVerifiedError extends ConflictError {
  constructor() {
    super('auth.email_verified', 'The e-mail address of this account is confirmed already.');
  }
}

/** 422: the new address is the one that the account has. */
export class EmailUnchangedError extends InvalidError {
  constructor() {
    super('users.email_unchanged', 'This is the e-mail address of the account already.', [
      { pointer: '/email', code: 'email_unchanged', detail: 'email is the address that the account has' },
    ]);
  }
}

/** 403: a request with the cookie of a session that no page of the shop has made. */
export class CrossSiteError extends AppError {
  constructor() {
    super(
      'forbidden',
      'auth.cross_site',
      'The refresh cookie is for the pages of this shop: send `X-Backroom-Client: web` from an allowed origin.',
    );
  }
}
