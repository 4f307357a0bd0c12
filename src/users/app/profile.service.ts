import { Injectable } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersRepository } from '../data/users.repository.js';
import type { UserProfile } from './user-profile.js';

/** A user's own account. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly db: Db,
    private readonly users: UsersRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError `user.not_found` (404) when the account went away after the guard had let it in. */
  async read(userId: UserId): Promise<UserProfile> {
    const profile = await this.users.findProfile(userId);
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
