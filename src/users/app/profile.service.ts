import { Injectable } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { isUuid, type UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersRepository, type UserFilter } from '../data/users.repository.js';
import type { UserProfile } from './user-profile.js';

/** Accounts as they are read, and what a user changes of their own. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly db: Db,
    private readonly users: UsersRepository,
    private readonly clock: Clock,
  ) {}

  /** Newest first; one more than the limit, where there are more. */
  list(filter: UserFilter): Promise<UserProfile[]> {
    return this.users.list(filter);
  }

  /** @throws NotFoundError `user.not_found` (404) */
  async read(id: string): Promise<UserProfile> {
    const profile = isUuid(id) ? await this.users.findProfile(id) : undefined;
    if (!profile) throw new NotFoundError('user');
    return profile;
  }

  /** @throws StaleVersionError (412) */
  change(userId: UserId, expected: ExpectedVersions, change: { readonly name?: string }): Promise<UserProfile> {
    return this.db.transaction(async (tx) => {
      const profile = await this.users.lockProfile(tx, userId);
      if (!profile) throw new NotFoundError('user');
      requireVersion(expected, profile.version);
      if (change.name === undefined || change.name === profile.name) return profile;
      await this.users.update(tx, userId, { name: change.name }, this.clock.now());
      return { ...profile, name: change.name, version: profile.version + 1 };
    });
  }
}
