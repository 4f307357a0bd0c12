import { Injectable } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import type { PostalAddress } from '../../platform/values/postal-address.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { isUuid, type UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { AddressesRepository, type AddressKeys, type SavedAddress } from '../data/addresses.repository.js';
import { TooManyAddressesError } from '../users.errors.js';

const MOST_ADDRESSES = 50;

/** The addresses that a user keeps. Orders copy them, so changing one changes no order. */
@Injectable()
export class AddressesService {
  constructor(
    private readonly db: Db,
    private readonly addresses: AddressesRepository,
    private readonly keys: IdempotencyStore,
    private readonly clock: Clock,
  ) {}

  list(userId: UserId, after: AddressKeys | undefined, limit: number): Promise<SavedAddress[]> {
    return this.addresses.list(userId, after, limit);
  }

  /** @throws TooManyAddressesError `users.too_many_addresses` (409) */
  add(
    userId: UserId,
    address: PostalAddress,
    use: KeyUse | undefined,
    write: (address: SavedAddress) => string,
  ): Promise<KeptAnswer> {
    return this.keys.run(use, async (tx) => {
      if ((await this.addresses.countLocked(tx, userId)) >= MOST_ADDRESSES)
        throw new TooManyAddressesError(MOST_ADDRESSES);
      const made = await this.addresses.insert(tx, userId, address, this.clock.now());
      return { status: 201, body: write(made), headers: {} };
    });
  }

  /** @throws NotFoundError `address.not_found` (404), also for someone else's */
  async change(userId: UserId, id: string, change: Partial<PostalAddress>): Promise<SavedAddress> {
    if (!isUuid(id)) throw new NotFoundError('address');
    const changed = await this.db.transaction((tx) => this.addresses.update(tx, userId, id, change));
    if (!changed) throw new NotFoundError('address');
    return changed;
  }

  /** @throws NotFoundError `address.not_found` (404), also for someone else's */
  async remove(userId: UserId, id: string): Promise<void> {
    if (!isUuid(id) || !(await this.addresses.delete(userId, id))) throw new NotFoundError('address');
  }
}
