import type { Server as PlainServer } from 'node:http';
import { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config/index.js';
import { securityHeaders } from '../http/security-headers.js';
import { readCertificate } from './certificate.js';
import { CertificateWatch } from './certificate-watch.js';
import { createRedirectServer } from './https-redirect.js';
import { secureOptions } from './secure-options.js';

/** What runs beside a server with a certificate of its own. */
export interface HttpsService {
  /** Where plain HTTP is sent on from, when it is. */
  readonly redirectPort: number | undefined;
  /** Answers of the redirect that are under way go out first. */
  close(): Promise<void>;
}

/**
 * Keeps the certificate of a listening HTTPS server as its files are, and answers plain HTTP on HTTP_REDIRECT_PORT.
 * @throws ConfigError when the files are not right; the error of `listen` when the port cannot be had
 */
export async function serveHttps(
  server: PlainServer | Server,
  config: Config,
  logger: Logger,
): Promise<HttpsService | undefined> {
  if (!config.tls || !(server instanceof Server)) return undefined;
  let current = readCertificate(config.tls);
  const watch = new CertificateWatch({
    files: config.tls,
    current,
    logger,
    now: () => new Date(),
    use: (certificate) => {
      server.setSecureContext(secureOptions(certificate));
      current = certificate;
    },
  });
  // Between the making of the server and now the files may have changed.
  server.setSecureContext(secureOptions(current));
  const redirect = createRedirectServer({
    publicUrl: config.publicUrl,
    httpsPort: () => (server.address() as AddressInfo).port,
    certificate: () => current.leaf,
    // RFC 6797, 7.2: an answer over plain HTTP says nothing of transport security.
    headers: securityHeaders({ tls: undefined, publicUrl: undefined }),
  });
  const redirectPort = await listen(redirect, config).catch((error: unknown) => {
    watch.stop();
    throw error;
  });
  return { redirectPort, close: () => close(watch, redirect) };
}

async function listen(redirect: PlainServer, { httpRedirectPort, host }: Config): Promise<number | undefined> {
  if (httpRedirectPort === undefined) return undefined;
  await new Promise<void>((resolve, reject) => {
    redirect.once('error', reject);
    redirect.listen(httpRedirectPort, host, resolve);
  });
  return (redirect.address() as AddressInfo).port;
}

async function close(watch: CertificateWatch, redirect: PlainServer): Promise<void> {
  watch.stop();
  if (!redirect.listening) return;
  const closed = new Promise<void>((resolve) => redirect.close(() => resolve()));
  redirect.closeIdleConnections();
  await closed;
}
