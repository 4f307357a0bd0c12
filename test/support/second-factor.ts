import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Secret, TOTP } from 'otpauth';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { Clock } from '../../src/platform/time/index.js';
import { ApiClient } from './api-client.js';
import { asCustomer, type SignedInClient, type TestApp } from './test-app.js';

const STEP_MS = 30_000;

/** The clock of servers in this process, standing in the middle of a step of TOTP, so that no test is caught by its end. */
export class TestClock {
  private at = 0;

  constructor(...apps: NestFastifyApplication[]) {
    this.reset();
    for (const app of apps) app.get(Clock).now = () => new Date(this.at);
  }

  /** Back to about the real time. */
  reset(): void {
    this.at = Math.floor(Date.now() / STEP_MS) * STEP_MS + STEP_MS / 2;
  }

  advance(ms: number): void {
    this.at += ms;
  }

  /** What an app shows that is `steps` ahead of this clock. */
  code(secret: string, steps = 0): string {
    return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: this.at + steps * STEP_MS });
  }

  /** The code of the next step, to which the clock goes. */
  nextCode(secret: string): string {
    this.advance(STEP_MS);
    return this.code(secret);
  }
}

/** Six digits that are no code near this time. */
export function wrongCode(clock: TestClock, secret: string): string {
  const right = [-2, -1, 0, 1, 2].map((steps) => clock.code(secret, steps));
  return ['111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !right.includes(code)) ?? '';
}

export interface SecuredClient extends SignedInClient {
  readonly secret: string;
  readonly recoveryCodes: string[];
}

/** A customer whose sign-ins ask for a code. */
export async function asSecuredCustomer(target: TestApp, clock: TestClock): Promise<SecuredClient> {
  const customer = await asCustomer(target);
  const begun = await customer.client.post<{ secret: string }>(
    '/v1/auth/totp',
    { password: customer.password },
    { expect: 201 },
  );
  const { secret } = begun.json;
  const confirmed = await customer.client.post<{ recoveryCodes: string[] }>(
    '/v1/auth/totp/confirm',
    { code: clock.nextCode(secret) },
    { expect: 200 },
  );
  return { ...customer, secret, recoveryCodes: confirmed.json.recoveryCodes };
}

/** Another server of the same shop. */
export async function startSibling(
  shop: TestApp,
  env: Record<string, string> = {},
): Promise<{ app: NestFastifyApplication; guest: ApiClient }> {
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: shop.databaseUrl,
    DATA_DIR: shop.dataDir,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
    SEED_DEMO: 'false',
    ...env,
  });
  const logger = createLogger(config);
  const app = await createApp({ config, databaseUrl: shop.databaseUrl, logger, embedded: false, work: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return { app, guest: new ApiClient(`http://127.0.0.1:${port}`) };
}
