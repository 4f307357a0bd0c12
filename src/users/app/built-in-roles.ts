import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { SqlReader } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { RolesRepository } from '../data/roles.repository.js';
import { BUILT_IN_ROLES } from './permissions-of.js';

/** Sees to it at every start that the built-in roles are there, with what this release says of them. */
@Injectable()
export class BuiltInRoles implements OnApplicationBootstrap {
  constructor(
    private readonly roles: RolesRepository,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.ensure();
  }

  /** May run in several processes at once, and any number of times. */
  async ensure(reader?: SqlReader): Promise<void> {
    await this.roles.ensure(BUILT_IN_ROLES, this.clock.now(), reader);
  }
}
