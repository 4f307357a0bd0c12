/**
 * A shop behind Debian's `nginx`, one hop and two: whom the limits count and what a session notes is the client that came to the outermost
 * proxy, whatever `X-Forwarded-For` it brought along. `npm run test:servers -- nginx` runs this alone.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, freePort, startShop, until } from './shop.mjs';

const READS = 40;
const ADMIN = { email: 'owner@example.com', password: 'Vernal-Gusset-Pliant-41' };

/** Whether all of it went well; says what is missing where it cannot be tried. */
export async function tryNginx() {
  const version = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  if (version.status !== 0) {
    console.log('nginx is not installed: apt-get install -y nginx-light');
    return false;
  }
  console.log(version.stderr.trim());
  try {
    for (const hops of [1, 2]) await behind(hops);
    return true;
  } catch (error) {
    console.log(`nginx: ${error.stack}`);
    return false;
  }
}

async function behind(hops) {
  const folder = mkdtempSync(join(tmpdir(), 'backroom-nginx-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'shop'));
  let [shop, nginx] = [];
  try {
    shop = await startShop(join(folder, 'shop'), {
      NODE_ENV: 'test',
      TRUSTED_PROXIES: String(hops),
      LIMIT_PER_MINUTE: String(READS),
      // A busy machine is no reason to shed what is to be counted.
      MAX_EVENT_LOOP_DELAY_MS: '60000',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
    });
    const ports = await Promise.all(Array.from({ length: hops }, freePort));
    nginx = await startNginx(folder, shop.base, ports);
    const ask = asker(ports[0]);
    await limitsCountTheClient(ask);
    await sessionsNoteTheClient(ask);
    console.log(`nginx: through ${hops}, the client is who came to the first, and nobody else is believed`);
  } finally {
    if (nginx) await end(nginx, 'SIGTERM');
    await shop?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function limitsCountTheClient(ask) {
  const forged = (n) => ({
    'x-forwarded-for': `203.0.113.${n}, 10.0.0.${n}`,
    forwarded: `for=203.0.113.${n}`,
    'x-real-ip': `203.0.113.${n}`,
  });
  const read = async (from, n) => (await ask('GET', '/v1/products', { from, headers: forged(n) })).status;
  // A window may end in between: then it is counted once more, by another client.
  for (const from of ['127.0.0.11', '127.0.0.12', '127.0.0.13']) {
    const statuses = [];
    for (let n = 0; n < READS + 5; n++) statuses.push(await read(from, n));
    const [good, refused] = [200, 429].map((status) => statuses.filter((one) => one === status).length);
    assert.equal(good + refused, READS + 5, `all are answered: ${statuses.join(' ')}`);
    if (good !== READS) continue;
    assert.equal(await read('127.0.0.21', 0), 200, 'another client is not refused');
    return;
  }
  assert.fail('what a client says of itself got it past its limit');
}

async function sessionsNoteTheClient(ask) {
  const headers = { 'x-forwarded-for': '203.0.113.7' };
  const signIn = await ask('POST', '/v1/auth/login', { from: '127.0.0.31', headers, body: ADMIN });
  assert.equal(signIn.status, 200);
  const authorization = `Bearer ${signIn.json.accessToken}`;
  const { json } = await ask('GET', '/v1/auth/sessions', {
    from: '127.0.0.32',
    headers: { ...headers, authorization },
  });
  assert.equal(json.items[0].address, '127.0.0.31');
}

/** One nginx, of which each port passes on to the next, and the last to the shop. */
async function startNginx(folder, base, ports) {
  const next = (index) => (index + 1 < ports.length ? `http://127.0.0.1:${ports[index + 1]}` : base);
  const servers = ports.map(
    (port, index) => `server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass ${next(index)};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      }
    }`,
  );
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {}
    http { access_log off; ${places.join(' ')} ${servers.join('\n')} }`,
  );
  const child = spawn('nginx', ['-c', file, '-p', folder, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  const ask = asker(ports[0]);
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    return (await ask('GET', '/health/live').catch(() => undefined))?.status === 200;
  });
  return child;
}

/** Requests to a port, from whichever address of this machine. */
function asker(port) {
  return (method, path, { from = '127.0.0.1', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const content = body === undefined ? undefined : JSON.stringify(body);
      const options = {
        ...{ host: '127.0.0.1', port, method, path, localAddress: from, agent: false },
        headers: {
          ...headers,
          ...(content ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) } : {}),
        },
      };
      const sent = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.on('end', () => {
          const isJson = response.headers['content-type']?.includes('json');
          resolve({ status: response.statusCode, json: isJson ? JSON.parse(text) : undefined });
        });
      });
      sent.on('error', reject).end(content);
    });
}
