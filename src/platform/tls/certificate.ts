import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../config/index.js';
import { secureOptions, type CertificatePair } from './secure-options.js';

const DAY_MS = 86_400_000;
/** From then on each start and each day warns; those who renew by themselves do it a month ahead. */
const SOON_MS = 14 * DAY_MS;

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Certificate extends CertificatePair {
  /** The server's own. */
  readonly leaf: X509Certificate;
  /** Whether every user of the machine may read the private key. */
  readonly keyIsOpen: boolean;
}

/**
 * Reads and checks the pair of TLS_CERT_FILE and TLS_KEY_FILE.
 * @throws ConfigError naming what is wrong with which file: missing, unreadable, of another form, not belonging together, too weak for OpenSSL
 */
export function readCertificate(files: CertificateFiles): Certificate {
  const cert = read(files.certFile, 'TLS_CERT_FILE');
  const key = read(files.keyFile, 'TLS_KEY_FILE');
  const faults = [cert, key].flatMap((file) => ('fault' in file ? [file.fault] : []));
  if ('fault' in cert || 'fault' in key) throw new ConfigError(faults);
  const leaf = parseCertificate(cert.text);
  if (!leaf.checkPrivateKey(parseKey(key.text)))
    throw new ConfigError(['TLS_KEY_FILE: this key does not belong to the first certificate of TLS_CERT_FILE']);
  const pair = { cert: cert.text, key: key.text };
  assertUsable(pair);
  return { ...pair, leaf, keyIsOpen: (statSync(files.keyFile).mode & 0o004) !== 0 };
}

/** What the operator should know about a certificate that is used all the same. */
export function warningsOf({ leaf, keyIsOpen }: Certificate, now: Date): string[] {
  const from = new Date(leaf.validFrom);
  const until = new Date(leaf.validTo);
  const warnings: string[] = [];
  if (until <= now) warnings.push(`The certificate of TLS_CERT_FILE has expired on ${day(until)}: browsers refuse it.`);
  else if (until.getTime() - now.getTime() < SOON_MS)
    warnings.push(`The certificate of TLS_CERT_FILE expires on ${day(until)}.`);
  if (from > now) warnings.push(`The certificate of TLS_CERT_FILE is not valid before ${day(from)}.`);
  if (keyIsOpen) warnings.push('Every user of this machine may read TLS_KEY_FILE; chmod 600 closes it.');
  return warnings;
}

function read(file: string, variable: string): { text: string } | { fault: string } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { fault: `${variable}: there is no such file` };
    if (code === 'EACCES' || code === 'EPERM') return { fault: `${variable}: this user may not read the file` };
    if (code === 'EISDIR') return { fault: `${variable}: this is a folder` };
    return { fault: `${variable}: the file cannot be read (${code ?? 'unknown'})` };
  }
}

function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ConfigError(['TLS_CERT_FILE: the file does not begin with a certificate in PEM']);
  }
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([
      code === 'ERR_MISSING_PASSPHRASE' || /ENCRYPTED/.test(pem)
        ? 'TLS_KEY_FILE: the key is encrypted; give it without a passphrase, readable for this user alone'
        : 'TLS_KEY_FILE: the file is no private key in PEM',
    ]);
  }
}

/** OpenSSL has the last word: it reads the whole chain, and refuses keys that are too short. */
function assertUsable(pair: CertificatePair): void {
  try {
    createSecureContext(secureOptions(pair));
  } catch (error) {
    const { code, reason } = error as NodeJS.ErrnoException & { reason?: string };
    throw new ConfigError([
      `TLS_CERT_FILE and TLS_KEY_FILE cannot be used: ${reason ?? code ?? 'OpenSSL refuses them'}`,
    ]);
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
