import { Injectable } from '@nestjs/common';
import { countedAddress } from '../../platform/limits/index.js';
import { UsersFacade } from '../../users/index.js';
import { SessionsRepository } from '../data/sessions.repository.js';

/** Tells the places from which an account's owner signs in from all others. */
@Injectable()
export class FamiliarAddresses {
  constructor(
    private readonly users: UsersFacade,
    private readonly sessions: SessionsRepository,
  ) {}

  /**
   * The network of the address where somebody has signed in to the account from it, in a session that was not ended as one in wrong
   * hands; undefined for any other, and for an account that is not there.
   */
  async find(email: string, address: string): Promise<string | undefined> {
    const credentials = await this.users.findCredentials(email);
    if (!credentials) return undefined;
    const network = countedAddress(address);
    const known = await this.sessions.listAddresses(credentials.userId);
    return known.some((one) => countedAddress(one) === network) ? network : undefined;
  }
}
