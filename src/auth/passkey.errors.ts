import { AppError, ConflictError, InvalidError } from '../platform/errors/index.js';

/** 422: what the browser made answers another challenge, page or domain, comes a second time, or is not verified. */
export class PasskeyRefusedError extends InvalidError {
  constructor() {
    super('auth.passkey_refused', 'This passkey cannot be registered; begin again.');
  }
}

/** 401: an unknown passkey, a wrong answer and a disabled account answer alike. */
export class PasskeySignInError extends AppError {
  constructor() {
    super('unauthenticated', 'auth.passkey_invalid', 'This passkey does not sign in here.');
  }
}

/** 409: more passkeys than an account may keep. */
export class TooManyPasskeysError extends ConflictError {
  constructor(most: number) {
    super('auth.too_many_passkeys', `An account keeps ${most} passkeys at most.`);
  }
}

/** 409: nobody could sign in any more. */
export class LastSignInMethodError extends ConflictError {
  constructor() {
    super('auth.last_sign_in_method', 'This is the last way of signing in; set another one up first.');
  }
}

/** 409: the shop has not said for which domain passkeys are. */
export class PasskeysOffError extends ConflictError {
  constructor() {
    super('auth.passkeys_off', 'This shop does not take passkeys: PASSKEY_RP_ID and STOREFRONT_URL are not set.');
  }
}

/** 403: staff reset other accounts; their own takes a proof of who they are. */
export class OwnFactorsError extends AppError {
  constructor() {
    super('forbidden', 'auth.own_factors', 'Change your own second factor with the password or a code.');
  }
}

/** 409: the credential is registered, for this account or another. */
export class PasskeyKnownError extends ConflictError {
  constructor() {
    super('auth.passkey_known', 'This passkey is registered already.');
  }
}
