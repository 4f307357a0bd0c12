import type { FastifyRequest } from 'fastify';
import { isIP, type Socket } from 'node:net';

const ADDRESS = Symbol('backroom.client-address');

type WithAddress = FastifyRequest & { [ADDRESS]?: string };

/**
 * The address of the client: that of the connection, or behind `trusted` proxies the entry of `X-Forwarded-For` that the outermost of
 * them has written, counted from the right. What stands further left came from outside and is believed by nobody. A
 * list that is shorter than the proxies are many ends at its first entry; what is no address is passed over to the right, to the
 * connection's own in the end.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, trusted: number): string {
  const own = plainAddress(peer) ?? '0.0.0.0';
  if (trusted === 0 || forwardedFor === undefined) return own;
  const entries = forwardedFor.split(',');
  for (let index = Math.max(0, entries.length - trusted); index < entries.length; index++) {
    const address = plainAddress(entries[index] ?? '');
    if (address !== undefined) return address;
  }
  return own;
}

/** An address without brackets, port, zone and the IPv4-in-IPv6 form, in small letters; undefined for what is none. */
function plainAddress(text: string): string | undefined {
  const trimmed = text.trim().toLowerCase();
  const bare = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(trimmed)?.[1] ?? trimmed;
  const [address = ''] = bare.split('%', 1);
  if (isIP(address) === 0) return undefined;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
}

/** Finds the client's address and leaves it on the request, before anything else looks at it. */
export function noteClientAddress(request: FastifyRequest, trusted: number): string {
  const header = request.headers['x-forwarded-for'];
  const forwardedFor = Array.isArray(header) ? header.join(',') : header;
  const address =
    forwardedFor === undefined || trusted === 0
      ? peerAddress(request)
      : clientAddress(request.raw.socket.remoteAddress ?? '', forwardedFor, trusted);
  (request as WithAddress)[ADDRESS] = address;
  return address;
}

/** The connection's own, which is the same for all its requests. */
function peerAddress({ raw: { socket } }: FastifyRequest): string {
  const kept: Socket & { [ADDRESS]?: string } = socket;
  return (kept[ADDRESS] ??= clientAddress(socket.remoteAddress ?? '', undefined, 0));
}

/** The address that `noteClientAddress` has found. */
export function clientAddressOf(request: FastifyRequest): string {
  return (request as WithAddress)[ADDRESS] ?? peerAddress(request);
}
