import { ConflictError, InvalidError } from '../../platform/errors/index.js';

/** 409: the change would leave less in the location than open orders hold there. Amounts are units. */
export class BelowReservedError extends ConflictError {
  constructor(onHand: number, reserved: number) {
    super(
      'inventory.below_reserved',
      `There are ${onHand} on hand, of which open orders hold ${reserved}; the change would go below that.`,
      {
        onHand,
        reserved,
      },
    );
  }
}

/** 409: stock of this variant is not counted. */
export class NotTrackedError extends ConflictError {
  constructor() {
    super('inventory.not_tracked', 'The stock of this variant is not tracked; turn tracking on first.');
  }
}

/** 422: the body names a location that there is not. */
export class UnknownLocationError extends InvalidError {
  /** @param pointer into the body (RFC 6901) */
  constructor(pointer: string) {
    super('inventory.location_unknown', 'There is no such location.', [
      { pointer, code: 'unknown', detail: 'there is no such location' },
    ]);
  }
}

/** 422: a count of all that is on hand could mean any of several locations. */
export class LocationRequiredError extends InvalidError {
  constructor() {
    super('inventory.location_required', 'The variant has stock in several locations: name the one that was counted.', [
      { pointer: '/locationId', code: 'required', detail: 'name the location that was counted' },
    ]);
  }
}

/** 422: a transfer goes from one location to another. */
export class SameLocationError extends InvalidError {
  constructor() {
    super('inventory.same_location', 'The units are in that location already.', [
      { pointer: '/toLocationId', code: 'same', detail: 'name another location than fromLocationId' },
    ]);
  }
}

/** 409: another location has the code. */
export class LocationCodeTakenError extends ConflictError {
  constructor(code: string) {
    super('inventory.location_code_taken', `Another location has the code ${code}.`);
  }
}

/** 409: the ledger, an order or a parcel names the location. */
export class LocationInUseError extends ConflictError {
  constructor() {
    super('inventory.location_in_use', 'The location has been used, and stays in the books; deactivate it instead.');
  }
}

/** 409: stock must have a place to go to. */
export class LastLocationError extends ConflictError {
  constructor() {
    super('inventory.last_location', 'One location stays active; activate another one first.');
  }
}

/** 409: a shop has so many locations at most. */
export class TooManyLocationsError extends ConflictError {
  constructor(most: number) {
    super('inventory.too_many_locations', `There can be ${most} locations at most.`);
  }
}
