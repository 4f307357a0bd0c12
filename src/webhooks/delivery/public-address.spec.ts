import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPublicAddress } from './public-address.js';

const PRIVATE = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::127.0.0.1',
  '::8.8.8.8',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:808:808::1',
  '3fff::1',
  '4000::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
];
const NONE = ['', 'localhost', 'example.com', '1.2.3', '1.2.3.4.5', '2606::/16', '8.8.8.8 ', 'null'];

describe('isPublicAddress', () => {
  it.each([...PRIVATE, ...NONE])('refuses %j', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])(
    'allows %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  // RFC 6890 and those that came after it, as their own bits.
  const SPECIAL: readonly (readonly [number, number])[] = [
    [0x00000000, 8],
    [0x0a000000, 8],
    [0x64400000, 10],
    [0x7f000000, 8],
    [0xa9fe0000, 16],
    [0xac100000, 12],
    [0xc0000000, 24],
    [0xc0000200, 24],
    [0xc0a80000, 16],
    [0xc6120000, 15],
    [0xc6336400, 24],
    [0xcb007100, 24],
    [0xe0000000, 3],
  ];
  const dotted = (bits: number) => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
  const within = fc
    .tuple(fc.constantFrom(...SPECIAL), fc.nat(0xffffffff))
    .map(([[base, prefix], any]) => dotted((base | (any & (0xffffffff >>> prefix))) >>> 0));
  const anyV4 = fc.nat(0xffffffff).map(dotted);

  it('refuses every address of every special range', () => {
    fc.assert(
      fc.property(within, (address) => expect(isPublicAddress(address)).toBe(false)),
      { numRuns: 1000 },
    );
  });

  it('refuses every IPv6 address that stands for an IPv4 one', () => {
    fc.assert(
      fc.property(anyV4, (v4) => {
        const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const form of [`::ffff:${v4}`, `::${v4}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`])
          expect([form, isPublicAddress(form)]).toEqual([form, false]);
      }),
    );
  });

  it('sees through every notation that a URL may give an address', () => {
    const octal = (n: number) => `0${n.toString(8)}`;
    fc.assert(
      fc.property(within, (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
        for (const host of [
          String(whole),
          `0x${whole.toString(16)}`,
          [a, b, c, d].map(octal).join('.'),
          `${a}.${b * 65536 + c * 256 + d}`,
          `${address}.`,
          address.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
        ]) {
          const { hostname } = new URL(`https://${host}/`);
          expect([host, hostname]).toEqual([host, address]);
          expect(isPublicAddress(hostname)).toBe(false);
        }
      }),
    );
  });
});
