import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/index.js';

/** Header fields by their names in small letters. */
export type HeaderSet = Readonly<Record<string, string>>;

/** Two years, as browsers' preload lists want it; every host below this one, too (ASVS 5.0, 3.4.1). */
const STRICT_TRANSPORT = 'max-age=63072000; includeSubDomains';

const ALWAYS: HeaderSet = {
  // An answer of the API is data: opened as a page it may load, run, send and frame nothing.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  // Bars tags such as <img> and <script> on other origins. CORS requests are not touched by it, and what is made for other pages
  // (pictures) says so itself.
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  // What may be kept says so itself: public reads, pictures, the files of the documentation page.
  'cache-control': 'no-store',
};

/**
 * What every answer carries unless its route says otherwise, after the OWASP HTTP Headers cheat sheet; also answers that no route makes.
 * `Strict-Transport-Security` (RFC 6797) is among them only where clients come by HTTPS: with a certificate of our own, or where
 * PUBLIC_URL says that a proxy has one.
 */
export function securityHeaders({ tls, publicUrl }: Pick<Config, 'tls' | 'publicUrl'>): HeaderSet {
  const overHttps = tls !== undefined || publicUrl?.startsWith('https:') === true;
  return overHttps ? { ...ALWAYS, 'strict-transport-security': STRICT_TRANSPORT } : ALWAYS;
}

/** Puts the set on every request before anything else happens to it, so that hooks, routes and errors may only replace single fields. */
export function setOnEveryAnswer(server: FastifyInstance, headers: HeaderSet): void {
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}
