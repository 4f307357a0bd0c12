import { Injectable } from '@nestjs/common';
import { AddressError, EndpointAddresses } from '../delivery/endpoint-addresses.js';
import { readEndpointUrl } from '../domain/endpoint-url.js';
import { EndpointUrlError } from '../domain/webhooks.errors.js';

/** How long a request waits for the name of a host. */
const LOOKUP_MS = 5_000;

/** Tells staff at once of an address to which no delivery could go. What counts is the check of each try. */
@Injectable()
export class EndpointCheck {
  constructor(private readonly addresses: EndpointAddresses) {}

  /** The address as it is stored, or why it is refused. Network: never in a transaction. */
  async check(text: string): Promise<string | EndpointUrlError> {
    const url = readEndpointUrl(text, this.addresses.allowsPrivate);
    if (!(url instanceof URL)) return new EndpointUrlError(url.reason, url.detail);
    try {
      await this.addresses.resolve(url, AbortSignal.timeout(LOOKUP_MS));
      return url.href;
    } catch (error) {
      if (error instanceof AddressError) return new EndpointUrlError(error.reason, error.message);
      throw error;
    }
  }
}
