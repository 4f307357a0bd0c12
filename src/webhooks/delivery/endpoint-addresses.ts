import { Injectable } from '@nestjs/common';
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Config } from '../../platform/config/index.js';
import { isPublicAddress } from './public-address.js';

/** Why a host cannot be asked. */
export class AddressError extends Error {
  constructor(
    readonly reason: 'not_allowed' | 'unknown_host',
    message: string,
  ) {
    super(message);
    this.name = 'AddressError';
  }
}

/** Finds the addresses of an endpoint, and sees to it that they are ones to which deliveries may go. */
@Injectable()
export class EndpointAddresses {
  private readonly privately: boolean;

  constructor(config: Config) {
    this.privately = config.webhooksToPrivate;
  }

  /** Whether plain HTTP and addresses of one's own network are allowed. */
  get allowsPrivate(): boolean {
    return this.privately;
  }

  /**
   * The addresses to connect to, and no others: a name that is asked once more may answer something else. Network: never in a transaction.
   * @param signal ends the wait for an answer, as if there were none.
   * @throws AddressError when the name has no address, or only one of its addresses is not public.
   */
  async resolve(url: URL, signal: AbortSignal): Promise<readonly LookupAddress[]> {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const family = isIP(host);
    const addresses = family === 0 ? await untilAbort(this.lookUp(host), signal) : [{ address: host, family }];
    if (addresses.length === 0) throw new AddressError('unknown_host', 'The name of the host cannot be resolved.');
    if (!this.privately && !addresses.every(({ address }) => isPublicAddress(address)))
      throw new AddressError('not_allowed', 'The host is not on the open Internet.');
    return addresses;
  }

  /** None where the name cannot be resolved. */
  protected async lookUp(host: string): Promise<LookupAddress[]> {
    return lookup(host, { all: true }).catch(() => []);
  }
}

/** Looking up a name cannot be broken off, but need not be waited for. */
async function untilAbort(question: Promise<LookupAddress[]>, signal: AbortSignal): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve([]), { once: true });
    question.then(resolve, reject);
  });
}
