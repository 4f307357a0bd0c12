import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { Agent, request as requestHttps } from 'node:https';
import { request as requestHttp, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import { makeCertificate, type MadeCertificate } from '../support/certificates.js';
import { sendRaw } from '../support/raw-http.js';
import { ServerProcess, temporaryFolder, type TemporaryFolder } from '../support/server-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** SHA-256 of the certificate that the connection was made with. */
  readonly certificate: string | undefined;
  /** Whether it came on a connection that was open before. */
  readonly reused: boolean;
}

const fingerprint = ({ cert }: MadeCertificate): string => new X509Certificate(cert).fingerprint256;
const first = makeCertificate();
const second = makeCertificate();
const third = makeCertificate({ kind: 'rsa' });
const trusted = [first.cert, second.cert, third.cert];

let database: TestDatabase;
let folder: TemporaryFolder;
let server: ServerProcess;
let base: string;
let plain: string;

const certFile = (): string => join(folder.path, 'cert.pem');
const keyFile = (): string => join(folder.path, 'key.pem');

/** As renewals do it: each file whole, one after the other. */
function replace({ cert, key }: MadeCertificate): void {
  for (const [path, text] of [
    [certFile(), cert],
    [keyFile(), key],
  ] as const) {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    DATABASE_URL: database.url,
    TLS_CERT_FILE: certFile(),
    TLS_KEY_FILE: keyFile(),
    RATE_LIMIT: 'off',
    LOG_PRETTY: 'false',
    ...more,
  };
}

beforeAll(async () => {
  database = await createTestDatabase();
  folder = temporaryFolder();
  replace(first);
  server = new ServerProcess({ dataDir: folder.dataDir, env: environment({ HTTP_REDIRECT_PORT: '0' }) });
  ({ base } = await server.ready());
  plain = `http://127.0.0.1:${await server.printed(/Plain HTTP on port (\d+) is sent on to HTTPS/)}`;
}, 60_000);
afterAll(async () => {
  await server.stop();
  folder.remove();
  await database.drop();
});

function ask(
  url: string,
  {
    agent,
    ...options
  }: { agent?: Agent; method?: string; headers?: Record<string, string>; path?: string; body?: string } = {},
): Promise<Answer> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const secure = protocol === 'https:';
  const where = {
    hostname,
    port,
    path: options.path ?? pathname + search,
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
  };
  return new Promise((resolve, reject) => {
    const call = secure
      ? requestHttps({ ...where, ca: trusted, agent: agent ?? false })
      : requestHttp({ ...where, agent: false });
    call.once('error', reject);
    call.once('response', (response) => {
      const certificate = secure ? (response.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256 : undefined;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          certificate,
          reused: call.reusedSocket,
        }),
      );
    });
    call.end(options.body);
  });
}

function handshake(version: SecureVersion, ciphers = 'DEFAULT@SECLEVEL=0'): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: hostname,
      port: Number(port),
      ca: trusted,
      minVersion: version,
      maxVersion: version,
      ciphers,
    });
    socket.once('secureConnect', () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

const certificateNow = async (): Promise<string | undefined> => (await ask(`${base}/health/live`)).certificate;

describe('HTTPS', () => {
  it('answers with transport security, and says so at the start', async () => {
    expect(base).toMatch(/^https:/);
    expect(server.output).toContain(`Documentation of its API: ${base}/docs`);
    const answer = await ask(`${base}/v1/products`);
    expect(answer.status).toBe(200);
    expect(answer.certificate).toBe(fingerprint(first));
    expect(answer.headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async (version) => {
    expect(await handshake(version)).toMatch(new RegExp(`^${version} (TLS_|ECDHE-ECDSA-)`));
  });

  it.each([
    ['TLS 1.0', 'TLSv1', 'DEFAULT@SECLEVEL=0'],
    ['TLS 1.1', 'TLSv1.1', 'DEFAULT@SECLEVEL=0'],
    ['no forward secrecy', 'TLSv1.2', 'AES128-GCM-SHA256'],
    ['CBC', 'TLSv1.2', 'ECDHE-ECDSA-AES128-SHA256'],
  ] as const)('refuses %s', async (_, version, ciphers) => {
    await expect(handshake(version, ciphers)).rejects.toThrow(/alert|handshake|protocol/i);
  });

  it('gives plain HTTP on its port no answer, and lives on', async () => {
    const { port } = new URL(base);
    expect(
      await sendRaw(`http://127.0.0.1:${port}`, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').catch(() => undefined),
    ).toBeUndefined();
    expect((await ask(`${base}/health/live`)).status).toBe(200);
  });
});

describe('plain HTTP', () => {
  it.each(['GET', 'HEAD'])('%s is sent on to the same address under https', async (method) => {
    const answer = await ask(`${plain}/v1/products?sort=price&q=%26a`, { method, headers: { host: 'localhost' } });
    expect(answer.status).toBe(308);
    expect(answer.headers.location).toBe(`https://localhost:${new URL(base).port}/v1/products?sort=price&q=%26a`);
    expect(answer.headers['strict-transport-security']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['another shop', { headers: { host: 'evil.example' } }],
    ['a name that ends like ours', { headers: { host: 'localhost.evil.example' } }],
    ['a user', { headers: { host: 'localhost@evil.example' } }],
    ['another address', { headers: { host: '127.0.0.2' } }],
    ['no address', { path: '*', headers: { host: 'localhost' } }],
  ])('goes nowhere where the request names %s', async (_, options) => {
    const answer = await ask(plain, options);
    expect(answer.status).toBe(400);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('goes nowhere where the request names nothing', async () => {
    const answer = await sendRaw(plain, 'GET / HTTP/1.0\r\n\r\n');
    expect(answer).toMatchObject({ status: 400 });
    expect(answer?.headers).not.toHaveProperty('location');
  });

  it.each([
    ['//evil.example/a', '//evil.example/a'],
    ['http://evil.example/a?b=c', '/a?b=c'],
    ['/\\evil.example', '/\\evil.example'],
    ['/..//evil.example', '/..//evil.example'],
  ])('stays on this host for the address %s', async (path, expected) => {
    const answer = await ask(plain, { path, headers: { host: 'localhost' } });
    expect(answer.headers.location).toBe(`https://localhost:${new URL(base).port}${expected}`);
    expect(new URL(answer.headers.location ?? '').hostname).toBe('localhost');
  });

  it.each([
    ['a body', { method: 'POST', body: '{"email":"a@example.com"}' }],
    ['a change without a body', { method: 'DELETE' }],
    ['an access token', { headers: { host: 'localhost', authorization: 'Bearer hush' } }],
    ['a cookie', { headers: { host: 'localhost', cookie: 'a=b' } }],
    ['an order’s token', { headers: { host: 'localhost', 'order-token': 'hush' } }],
  ])('refuses %s, which has been told to everybody on the way already', async (_, options) => {
    const answer = await ask(plain, { headers: { host: 'localhost' }, ...options });
    expect(answer.status).toBe(403);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.headers.connection).toBe('close');
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'request.https_required' });
    expect(answer.text).not.toContain('hush');
  });
});

describe('a new certificate', () => {
  it('is used by new connections, and those that are open go on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const open = (): Promise<Answer> => ask(`${base}/health/live`, { agent });
    try {
      expect((await open()).certificate).toBe(fingerprint(first));
      replace(second);
      await server.printed(/a new certificate is in use/);
      expect(await certificateNow()).toBe(fingerprint(second));
      expect(await open()).toMatchObject({ status: 200, reused: true });
    } finally {
      agent.destroy();
    }
  });

  it('that does not fit its key is refused and told, and the old one stays', async () => {
    writeFileSync(certFile(), third.cert);
    await server.printed(/the new certificate is not used; the old one stays/);
    expect(server.output).toContain('TLS_KEY_FILE: this key does not belong to the first certificate of TLS_CERT_FILE');
    expect(await certificateNow()).toBe(fingerprint(second));
    // The other half comes, and all is well.
    const before = server.output.length;
    writeFileSync(keyFile(), third.key);
    await until(() => /a new certificate is in use/.test(server.output.slice(before)));
    expect(await certificateNow()).toBe(fingerprint(third));
    await expect(handshake('TLSv1.1')).rejects.toThrow();
    expect(await handshake('TLSv1.2')).toMatch(/^TLSv1.2 ECDHE-RSA-AES\d+-GCM/);
  });

  it('also comes by a link that leads elsewhere', async () => {
    const before = server.output.length;
    for (const [path, text] of [
      [certFile(), first.cert],
      [keyFile(), first.key],
    ] as const) {
      writeFileSync(`${path}.first`, text, { mode: 0o600 });
      unlinkSync(path);
      symlinkSync(`${path}.first`, path);
    }
    await until(() => /a new certificate is in use/.test(server.output.slice(before)));
    expect(await certificateNow()).toBe(fingerprint(first));
  });
});

describe('the start with a certificate', () => {
  it('sends plain HTTP to PUBLIC_URL, whatever host is asked for, and ends both servers in order', async () => {
    const other = new ServerProcess({
      dataDir: join(folder.path, 'other'),
      env: environment({ HTTP_REDIRECT_PORT: '0', PUBLIC_URL: 'https://api.example.com' }),
    });
    await other.ready();
    const port = await other.printed(/Plain HTTP on port (\d+)/);
    const answer = await ask(`http://127.0.0.1:${port}/v1/products?a=b`, { headers: { host: 'evil.example' } });
    expect(answer.headers.location).toBe('https://api.example.com/v1/products?a=b');
    expect(await other.stop()).toEqual({ code: 0, signal: null });
    await expect(ask(`http://127.0.0.1:${port}/`)).rejects.toThrow('ECONNREFUSED');
  }, 60_000);

  it('that is not right says what is wrong, and starts nothing', async () => {
    const other = new ServerProcess({
      dataDir: join(folder.path, 'other'),
      env: environment({ TLS_KEY_FILE: join(folder.path, 'none.pem') }),
    });
    expect(await other.ended).toMatchObject({ code: 1 });
    expect(other.output).toContain('TLS_KEY_FILE: there is no such file');
    expect(other.output).not.toMatch(/^\s+at /m);
  }, 60_000);

  it('warns of one that has expired', async () => {
    const expired = makeCertificate({ validFrom: new Date('2020-01-01'), validTo: new Date('2021-01-01') });
    const files = { TLS_CERT_FILE: join(folder.path, 'old-cert.pem'), TLS_KEY_FILE: join(folder.path, 'old-key.pem') };
    writeFileSync(files.TLS_CERT_FILE, expired.cert);
    writeFileSync(files.TLS_KEY_FILE, expired.key, { mode: 0o600 });
    const other = new ServerProcess({ dataDir: join(folder.path, 'other'), env: environment(files) });
    await other.ready();
    expect(other.output).toContain('has expired on 2021-01-01');
    await other.stop();
  }, 60_000);

  it('names the variable of the port that is taken', async () => {
    const { port } = new URL(plain);
    const other = new ServerProcess({
      dataDir: join(folder.path, 'other'),
      env: environment({ HTTP_REDIRECT_PORT: port }),
    });
    expect(await other.ended).toMatchObject({ code: 1 });
    expect(other.output).toMatch(new RegExp(`Port ${port} .* choose another port with HTTP_REDIRECT_PORT`));
  }, 60_000);
});

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition();) {
    if (Date.now() > deadline) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
