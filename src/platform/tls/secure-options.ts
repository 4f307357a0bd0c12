import { constants } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';

/** PEM, as in the files. */
export interface CertificatePair {
  /** The server's certificate first, then those that lead to a root. */
  readonly cert: string;
  readonly key: string;
}

/** TLS 1.2 ciphers with forward secrecy and authenticated encryption: Mozilla's "intermediate" list 5.7 without finite-field DH. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/** SSL_OP_NO_RENEGOTIATION of OpenSSL, which Node has no name for everywhere: a client has no need of it, an attacker of our processor has. */
const NO_RENEGOTIATION = 0x4000_0000;

/** What a connection is made with; the same at the start and after a change of the certificate. */
export function secureOptions({ cert, key }: CertificatePair): SecureContextOptions {
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS.join(':'),
    ecdhCurve: 'X25519:prime256v1:secp384r1',
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_COMPRESSION | NO_RENEGOTIATION,
  };
}

/** How a server waits for a handshake: nobody holds a connection for long without having finished one. */
export const HANDSHAKE: Pick<TlsOptions, 'handshakeTimeout'> = { handshakeTimeout: 10_000 };
