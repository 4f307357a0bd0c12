import { AppError, ConflictError, InvalidError } from '../platform/errors/index.js';

/** 409: somebody has registered with this address, in whatever capitals. */
export class EmailTakenError extends ConflictError {
  constructor() {
    super('users.email_taken', 'There is an account with this e-mail address already.');
  }
}

/** 409: without an administrator nobody could make another one. */
export class LastAdministratorError extends ConflictError {
  constructor() {
    super('users.last_admin', 'This is the last administrator who can sign in; make another one first.');
  }
}

/** 409: an account whose person was forgotten comes back to nobody. */
export class AccountErasedError extends ConflictError {
  constructor() {
    super('users.erased', 'This account was erased; it cannot be changed any more.');
  }
}

/** 422: a role is given that does not exist. */
export class UnknownRoleError extends InvalidError {
  constructor(names: readonly string[]) {
    super('users.role_unknown', 'Some roles do not exist.', [
      { pointer: '/roles', code: 'role_unknown', detail: `${names.join(', ')} is not a role` },
    ]);
  }
}

/** 403: the change gives or touches permissions that the caller does not hold. */
export class BeyondOwnPermissionsError extends AppError {
  constructor() {
    super('forbidden', 'users.beyond_own_permissions', 'This takes permissions that you do not hold yourself.');
  }
}

/** 409: the roles that every shop has stay as they are. */
export class BuiltInRoleError extends ConflictError {
  constructor() {
    super('roles.built_in', 'The built-in roles cannot be changed or deleted.');
  }
}

/** 409: somebody has the role. */
export class RoleInUseError extends ConflictError {
  constructor() {
    super('roles.in_use', 'Somebody has this role; take it from them first.');
  }
}

/** 409: there is a role of this name. */
export class RoleTakenError extends ConflictError {
  constructor() {
    super('roles.name_taken', 'There is a role with this name already.');
  }
}

/** 409: more addresses than an account may keep. */
export class TooManyAddressesError extends ConflictError {
  constructor(most: number) {
    super('users.too_many_addresses', `An account keeps ${most} addresses at most.`);
  }
}
