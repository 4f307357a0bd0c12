import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/index.js';

/** A browser may keep a preflight's answer so long; Chromium keeps none for longer. */
const MAX_AGE_SECONDS = 7200;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What a page may send beyond what every page may. */
const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Order-Token',
  'X-Backroom-Client',
  'X-Request-Id',
];
/** What a page may read beyond what every page may. */
const EXPOSED_HEADERS = [
  'Allow',
  'Content-Disposition',
  'ETag',
  'Idempotency-Key',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

/**
 * Cross-origin requests (Fetch, 3.3) from the origins of CORS_ORIGINS, compared sign for sign, and from none besides: without any, a browser lets no
 * other origin's page read an answer. Preflights are answered before every guard, since they come without a token.
 */
export function allowOrigins(server: FastifyInstance, { corsOrigins }: Pick<Config, 'corsOrigins'>): void {
  if (corsOrigins.length === 0) return;
  const allowed: ReadonlySet<string> = new Set(corsOrigins);
  server.register(cors, {
    // A function, so that an origin that is not allowed is answered without any of the fields.
    origin: (origin, done) => done(null, origin !== undefined && allowed.has(origin)),
    credentials: true,
    methods: METHODS,
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: MAX_AGE_SECONDS,
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    // A route that names its own fields puts them in the place of what the plugin has named.
    const vary = [reply.getHeader('vary') ?? []].flat().join(', ');
    if (!/(^|,\s*)(origin|\*)(\s*,|$)/i.test(vary))
      void reply.header('vary', vary === '' ? 'Origin' : `${vary}, Origin`);
    done();
  });
}
