import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isIP } from 'node:net';
import { clientAddress } from './client-address.js';

const PEER = '10.0.0.9';

describe('clientAddress', () => {
  it.each<[string, string | undefined, number, string]>([
    ['nobody is trusted', '1.1.1.1', 0, PEER],
    ['no header came', undefined, 1, PEER],
    ['one proxy wrote it', '1.1.1.1', 1, '1.1.1.1'],
    ['the client forged one before', '9.9.9.9, 1.1.1.1', 1, '1.1.1.1'],
    ['the client forged many', `${'9.9.9.9, '.repeat(500)}1.1.1.1`, 1, '1.1.1.1'],
    ['two proxies wrote', '9.9.9.9, 1.1.1.1, 2.2.2.2', 2, '1.1.1.1'],
    ['fewer wrote than are trusted', '1.1.1.1', 3, '1.1.1.1'],
    ['it is empty', '', 1, PEER],
    ['it is garbage', 'unknown', 1, PEER],
    ['its last entry is garbage', '1.1.1.1, <script>', 1, PEER],
    ['the outer of two is garbage', 'nonsense, 2.2.2.2', 2, '2.2.2.2'],
    ['it ends with a comma', '1.1.1.1,', 1, PEER],
    ['it has a port', '1.1.1.1:1234', 1, '1.1.1.1'],
    ['it is IPv6', '2001:DB8::1', 1, '2001:db8::1'],
    ['it is IPv6 with a port', '[2001:db8::1]:443', 1, '2001:db8::1'],
    ['it is IPv6 in brackets', '[2001:db8::1]', 1, '2001:db8::1'],
    ['it has a zone', 'fe80::1%eth0', 1, 'fe80::1'],
    ['it is IPv4 in IPv6', '::ffff:1.1.1.1', 1, '1.1.1.1'],
    ['it has too many digits', '1.1.1.1111', 1, PEER],
    ['it is octal', '0177.0.0.1', 1, PEER],
  ])('where %s', (_, header, trusted, expected) => {
    expect(clientAddress(PEER, header, trusted)).toBe(expected);
  });

  it('is always an address, and never one that stands left of what the proxies wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.ipV4(), fc.integer({ min: 0, max: 4 }), (forged, real, trusted) => {
        const own = [real, ...Array.from({ length: Math.max(0, trusted - 1) }, (_, hop) => `172.16.0.${hop + 1}`)];
        const header = [...forged, ...own].join(',');
        const found = clientAddress(`::ffff:${PEER}`, header, trusted);
        expect(isIP(found)).toBeGreaterThan(0);
        expect(found).toBe(trusted === 0 ? PEER : real);
      }),
    );
  });
});
