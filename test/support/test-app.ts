import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { ApiClient } from './api-client.js';
import { createTestDatabase } from './test-database.js';

export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery admin' };

export interface TestApp {
  readonly app: NestFastifyApplication;
  /** The address it listens on. */
  readonly base: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** A client that nobody has signed in with. */
  readonly guest: ApiClient;
  close(): Promise<void>;
}

/**
 * The whole server in this process, on a database of its own, listening on a free port.
 * @param log takes the lines of the log; what goes there is LOG_LEVEL's to say
 */
export async function startTestApp(
  env: Record<string, string> = {},
  log?: { write(line: string): void },
): Promise<TestApp> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'backroom-test-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    RATE_LIMIT: 'off',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    SEED_DEMO: 'false',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    ...env,
  });
  const app = await createApp({
    config,
    databaseUrl: database.url,
    logger: createLogger(config, log),
    embedded: false,
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  const base = `http://127.0.0.1:${port}`;
  return {
    app,
    base,
    databaseUrl: database.url,
    dataDir,
    guest: new ApiClient(base),
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One more process's worth of the server, on the database of the other: what one of them changes, the other must know. */
export async function startBeside(first: TestApp): Promise<Pick<TestApp, 'guest' | 'close'>> {
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: first.databaseUrl,
    DATA_DIR: first.dataDir,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
    SEED_DEMO: 'false',
  });
  const { databaseUrl } = first;
  const app = await createApp({ config, databaseUrl, logger: createLogger(config), embedded: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return { guest: new ApiClient(`http://127.0.0.1:${port}`), close: () => app.close() };
}

let customers = 0;

/** A client signed in as the administrator. */
export async function asAdmin(target: TestApp): Promise<ApiClient> {
  const { json } = await target.guest.post<{ accessToken: string }>('/v1/auth/login', ADMIN, { expect: 200 });
  return target.guest.as(json.accessToken);
}

export interface SignedInClient {
  readonly client: ApiClient;
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** A client signed in as a new customer. */
export async function asCustomer(target: TestApp): Promise<SignedInClient> {
  const email = `customer-${++customers}-${Date.now()}@example.com`;
  const password = 'correct horse battery staple';
  const { json } = await target.guest.post<{ accessToken: string; user: { id: string } }>(
    '/v1/auth/register',
    { email, password, name: 'Grace Hopper' },
    { expect: 201 },
  );
  return { client: target.guest.as(json.accessToken), id: json.user.id, email, password };
}
