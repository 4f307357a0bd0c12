import type { X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { problem, PROBLEM_TYPE, type ProblemParts } from '../http/problem.js';
import type { HeaderSet } from '../http/security-headers.js';

export interface RedirectOptions {
  /** Where clients reach the shop; absent: under the name that they asked for, if the certificate has it. */
  readonly publicUrl: string | undefined;
  /** The port of HTTPS, for names without PUBLIC_URL. */
  readonly httpsPort: () => number;
  readonly certificate: () => X509Certificate;
  readonly headers: HeaderSet;
}

const HTTPS_REQUIRED: ProblemParts = {
  status: 403,
  code: 'request.https_required',
  detail: 'This went over the network unencrypted. Use https:// from the beginning, and change what secrets it held.',
};
const NO_TARGET: ProblemParts = {
  status: 400,
  code: 'request.malformed',
  detail: 'The request names no host that this server has a certificate for.',
};

/**
 * A server for plain HTTP that sends readers on to HTTPS with 308 (RFC 9110, 15.4.9). What has already told a secret, or wants to
 * change something, is refused instead: a client that were sent on would never notice that it leaks with every call.
 */
export function createRedirectServer(options: RedirectOptions): Server {
  const limits = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 10_000, requireHostHeader: false };
  const server = createServer({ ...limits, keepAliveTimeout: 5_000 }, (request, response) => {
    const target = mayBeSentOn(request) ? targetOf(request, options) : HTTPS_REQUIRED;
    if (typeof target === 'string') {
      response.writeHead(308, { ...options.headers, location: target, 'content-length': '0' }).end();
    } else refuse(request, response, target, options.headers);
  });
  return server;
}

function mayBeSentOn({ method, headers }: IncomingMessage): boolean {
  const secret = headers.authorization ?? headers.cookie ?? headers['order-token'];
  const body = headers['transfer-encoding'] ?? headers['content-length'] ?? '0';
  return (method === 'GET' || method === 'HEAD') && secret === undefined && body === '0';
}

/** The same address under https; never another host than PUBLIC_URL's or one that the certificate vouches for. */
function targetOf(request: IncomingMessage, options: RedirectOptions): string | ProblemParts {
  const path = pathOf(request.url ?? '/');
  const origin = options.publicUrl?.startsWith('https:')
    ? new URL(options.publicUrl).origin
    : originOf(request.headers.host, options);
  return path === undefined || origin === undefined ? NO_TARGET : origin + path;
}

/** Path and query; of an address in absolute form (RFC 9112, 3.2.2) the same. */
function pathOf(url: string): string | undefined {
  if (url.startsWith('/')) return url;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function originOf(host: string | undefined, { certificate, httpsPort }: RedirectOptions): string | undefined {
  const name = /^(\[[\da-f:.]+\]|[a-z\d.-]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1];
  if (name === undefined) return undefined;
  const bare = name.replace(/^\[|\]$/g, '');
  const known = isIP(bare) ? certificate().checkIP(bare) : certificate().checkHost(bare);
  if (known === undefined) return undefined;
  const port = httpsPort();
  return `https://${name}${port === 443 ? '' : `:${port}`}`;
}

function refuse(request: IncomingMessage, response: ServerResponse, parts: ProblemParts, headers: HeaderSet): void {
  const id = randomUUID();
  const body = JSON.stringify(problem(parts, { id, url: pathOf(request.url ?? '/') ?? '/' }));
  const more = { 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body), 'x-request-id': id };
  // Closed, so that a body that nobody reads is not taken for the next request.
  response.writeHead(parts.status, { ...headers, ...more, connection: 'close' }).end(body);
}
