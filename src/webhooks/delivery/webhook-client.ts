import { Injectable } from '@nestjs/common';
import type { LookupAddress } from 'node:dns';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { readEndpointUrl } from '../domain/endpoint-url.js';
import type { Outcome } from '../domain/subscription.js';
import { AddressError, EndpointAddresses } from './endpoint-addresses.js';

/** For looking up the name, connecting, TLS, sending and the answer together. */
const DEADLINE_MS = 10_000;
/** The answer's body is none of our business; a small one is read so that the connection ends in order. */
const MAX_ANSWER_BYTES = 16 * 1024;
const MAX_ERROR = 200;

interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts to endpoints of others: to checked addresses only (see `EndpointAddresses`), each try on a connection of its own, without following
 * redirects, and never for longer than the deadline.
 */
@Injectable()
export class WebhookClient {
  constructor(private readonly addresses: EndpointAddresses) {}

  /** Never throws: whatever happens is an outcome. Network: never in a transaction. */
  async post(post: Post, deadlineMs = DEADLINE_MS): Promise<Outcome> {
    const began = performance.now();
    const signal = AbortSignal.timeout(deadlineMs);
    const answered = await this.exchange(post, signal).then(
      (httpStatus) => ({ httpStatus, error: null }),
      (error: unknown) => ({ httpStatus: null, error: signal.aborted ? 'timeout' : nameOf(error) }),
    );
    return { ...answered, durationMs: Math.round(performance.now() - began) };
  }

  private async exchange({ url, headers, body }: Post, signal: AbortSignal): Promise<number> {
    const target = readEndpointUrl(url, this.addresses.allowsPrivate);
    if (!(target instanceof URL)) throw new AddressError('not_allowed', target.detail);
    const addresses = await this.addresses.resolve(target, signal);
    const content = Buffer.from(body);
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': content.length },
      lookup: pinnedTo(addresses),
      agent: false,
      signal,
    };
    return new Promise<number>((resolve, reject) => {
      const request = (target.protocol === 'https:' ? requestHttps : requestHttp)(target, options);
      request.on('error', reject);
      request.on('response', (response) => {
        const status = response.statusCode ?? 0;
        // Whatever happens from here on: the endpoint has answered.
        request.off('error', reject).on('error', () => undefined);
        drain(response).then(() => resolve(status), reject);
      });
      // A change of the protocol is no answer to a delivery.
      request.on('upgrade', (_, socket) => {
        socket.destroy();
        reject(new Error('The endpoint answered with another protocol'));
      });
      request.end(content);
    });
  }
}

/** Answers the addresses that were checked whatever is asked, so that the name is not looked up a second time. */
function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_, options, callback) => {
    const [first] = addresses;
    if (options.all || !first) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** Reads what is small and lets go of what is not; the answer counts by its status, however its body ends. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) response.destroy();
  });
  await new Promise<void>((closed) => response.once('close', closed));
}

/** What went wrong, by its code where there is one (`ECONNREFUSED`, `CERT_HAS_EXPIRED`): it says most and holds nothing else. */
function nameOf(error: unknown): string {
  if (error instanceof AddressError) return `address_${error.reason}`;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code.slice(0, MAX_ERROR);
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR);
}
