import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../../../test/support/certificates.js';
import { readCertificate, warningsOf } from './certificate.js';

const DAY_MS = 86_400_000;
const NOW = new Date();
const day = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

let folder: string;
const good = makeCertificate();
const another = makeCertificate();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'backroom-tls-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(text: string, mode = 0o600): string {
  const path = join(folder, `file-${++files}.pem`);
  writeFileSync(path, text, { mode });
  return path;
}

const read = (cert: string, key: string) => readCertificate({ certFile: file(cert), keyFile: file(key) });
const encrypted = createPrivateKey(good.key)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
  .toString();

describe('the pair of certificate and key', () => {
  it.each(['ec', 'rsa'] as const)('is read: %s', (kind) => {
    const made = makeCertificate({ kind, names: ['shop.example.com'] });
    const certificate = read(made.cert, made.key);
    expect(certificate.leaf.checkHost('shop.example.com')).toBe('shop.example.com');
    expect(warningsOf(certificate, NOW)).toEqual([]);
  });

  it('the first certificate of a chain is the server’s', () => {
    expect(read(good.cert + another.cert, good.key).leaf.checkPrivateKey(createPrivateKey(good.key))).toBe(true);
    expect(() => read(another.cert + good.cert, good.key)).toThrow(/does not belong to the first certificate/);
  });

  it('names both files when both are missing', () => {
    const missing = { certFile: join(folder, 'none.pem'), keyFile: join(folder, 'none', 'none.pem') };
    expect(() => readCertificate(missing)).toThrow(
      /TLS_CERT_FILE: there is no such file\n.*TLS_KEY_FILE: there is no such file/,
    );
  });

  it('a folder is no file', () => {
    const path = join(folder, 'a-folder');
    mkdirSync(path);
    expect(() => readCertificate({ certFile: path, keyFile: file(good.key) })).toThrow(
      'TLS_CERT_FILE: this is a folder',
    );
  });

  it.each([
    [
      'a key in place of the certificate',
      good.key,
      good.key,
      'TLS_CERT_FILE: the file does not begin with a certificate in PEM',
    ],
    ['an empty certificate', '', good.key, 'TLS_CERT_FILE: the file does not begin with a certificate in PEM'],
    ['a certificate in place of the key', good.cert, good.cert, 'TLS_KEY_FILE: the file is no private key in PEM'],
    ['half a key', good.cert, good.key.slice(0, 90), 'TLS_KEY_FILE: the file is no private key in PEM'],
    ['an encrypted key', good.cert, encrypted, 'TLS_KEY_FILE: the key is encrypted'],
    [
      'a key of another certificate',
      good.cert,
      another.key,
      'TLS_KEY_FILE: this key does not belong to the first certificate of TLS_CERT_FILE',
    ],
  ])('%s is refused', (_, cert, key, fault) => {
    expect(() => read(cert, key)).toThrow(fault);
  });

  it('a key that is too short is refused, in words and without a stack', () => {
    const short = makeCertificate({ kind: 'short-rsa' });
    expect(() => read(short.cert, short.key)).toThrow(/cannot be used: .*key too small/);
  });

  it('no message repeats a secret', () => {
    for (const [cert, key] of [
      [good.cert, another.key],
      [good.cert, good.key.slice(0, 90)],
      [good.key, good.key],
    ] as const) {
      let message = '';
      try {
        read(cert, key);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).not.toBe('');
      expect(message).not.toContain(key.split('\n')[1]);
    }
  });

  it.each([
    ['has expired', { validFrom: day(-90), validTo: day(-1) }, /has expired on \d{4}-\d\d-\d\d/],
    ['expires soon', { validTo: day(5) }, /expires on/],
    ['is not valid yet', { validFrom: day(2), validTo: day(90) }, /not valid before/],
  ])('one that %s is used, with a warning', (_, wishes, warning) => {
    const made = makeCertificate(wishes);
    expect(warningsOf(read(made.cert, made.key), NOW)).toEqual([expect.stringMatching(warning)]);
  });

  it('warns where everybody may read the key', () => {
    const certificate = readCertificate({ certFile: file(good.cert), keyFile: file(good.key, 0o644) });
    expect(warningsOf(certificate, NOW)).toEqual([expect.stringContaining('TLS_KEY_FILE')]);
  });
});
