import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** RFC 4291, section 2.4, and what IANA has given out of it: every public IPv6 address lies here. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/** Looks public and leads into the machine's own cloud: Azure's platform services. */
const CLOUD_INTERNAL: ReadonlySet<string> = new Set(['168.63.129.16']);

/** Documentation (RFC 9637); younger than the library's tables. */
const DOCUMENTATION = ipaddr.parseCIDR('3fff::/20');

/**
 * Whether an address is one of the open Internet. Refused are, among others, loopback, private (RFC 1918), link-local with the metadata
 * services of clouds, shared (RFC 6598), unique local, multicast, reserved and unspecified ones, and every IPv6 address that stands for an
 * IPv4 one (mapped, compatible, NAT64, 6to4, Teredo): where those lead is somebody else's decision. False for what is no address at all.
 */
export function isPublicAddress(text: string): boolean {
  // The library also reads what only looks like an address (`1.2.3`), and zones.
  if (isIP(text) === 0 || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv6) return address.match(GLOBAL_UNICAST) && !address.match(DOCUMENTATION);
  return !CLOUD_INTERNAL.has(address.toString());
}
