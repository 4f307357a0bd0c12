import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** Self-signed certificates (RFC 5280) for tests of TLS, made with nothing but Node. */

export interface CertificateWishes {
  /** Host names and IPv4 addresses that it is for. */
  readonly names?: readonly string[];
  readonly validFrom?: Date;
  readonly validTo?: Date;
  readonly kind?: 'ec' | 'rsa' | 'short-rsa';
}

export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
};

/** A certificate and its key in PEM; valid from yesterday for 90 days unless wished otherwise. */
export function makeCertificate(wishes: CertificateWishes = {}): MadeCertificate {
  const { names = ['localhost', '127.0.0.1'], kind = 'ec' } = wishes;
  const { validFrom = new Date(Date.now() - DAY_MS), validTo = new Date(Date.now() + 90 * DAY_MS) } = wishes;
  const key = makeKey(kind);
  const algorithm = kind === 'ec' ? sequence(oid(OID.ecdsaWithSha256)) : sequence(oid(OID.sha256WithRsa), NULL);
  // A name of its own: among several that are trusted, a client looks for the issuer by name.
  const name = sequence(set(sequence(oid(OID.commonName), utf8(`Test ${randomBytes(8).toString('hex')}`))));
  const body = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(validFrom), time(validTo)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    context(3, sequence(alternativeNames(names), authority())),
  );
  const signed = sequence(body, algorithm, bitString(sign('sha256', body, key)));
  const lines = signed.toString('base64').replaceAll(/.{64}(?!$)/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function makeKey(kind: 'ec' | 'rsa' | 'short-rsa'): KeyObject {
  if (kind === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa' ? 2048 : 512 }).privateKey;
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    /^\d+(\.\d+){3}$/.test(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  );
  return sequence(oid(OID.subjectAltName), octets(sequence(...entries)));
}

/** It is its own authority, so that a client can be told to trust exactly this one. */
function authority(): Buffer {
  const yes = der(0x01, Buffer.from([0xff]));
  return sequence(oid(OID.basicConstraints), yes, octets(sequence(yes)));
}

/** DER (ITU-T X.690): a tag, the length, the content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

const NULL = der(0x05);
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const set = (...parts: Buffer[]): Buffer => der(0x31, ...parts);
const context = (number: number, part: Buffer): Buffer => der(0xa0 | number, part);
const octets = (part: Buffer): Buffer => der(0x04, part);
const bitString = (part: Buffer): Buffer => der(0x03, Buffer.from([0]), part);
const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
const integer = (bytes: Buffer): Buffer => der(0x02, bytes);
/** UTCTime, which RFC 5280 asks for before 2050. */
const time = (date: Date): Buffer =>
  der(0x17, Buffer.from(`${date.toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`));

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
}
