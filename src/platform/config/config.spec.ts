import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './config.js';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'backroom-config-'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const load = (variables: Record<string, string> = {}) => loadConfig({ DATA_DIR: dataDir, ...variables });

function faultsOf(variables: Record<string, string>): string {
  try {
    load(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('loadConfig', () => {
  it('has a default for everything', () => {
    const config = load();
    expect(config).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      currency: 'GBP',
      seedDemo: true,
      rateLimit: true,
      taxIncluded: true,
      paymentProviders: ['test'],
    });
    expect(config.databaseUrl).toBeUndefined();
  });

  it('reads numbers, switches and lists, and takes an empty variable for an absent one', () => {
    const config = load({
      PORT: '0',
      RATE_LIMIT: 'off',
      SEED_DEMO: 'false',
      PAYMENT_PROVIDERS: 'test',
      SMTP_URL: '',
      SHOP_CURRENCY: 'JPY',
    });
    expect(config).toMatchObject({
      port: 0,
      rateLimit: false,
      seedDemo: false,
      paymentProviders: ['test'],
      currency: 'JPY',
    });
    expect(config.smtpUrl).toBeUndefined();
  });

  it('names every fault in one message, and no value', () => {
    const message = faultsOf({
      PORT: 'ninety',
      DATABASE_URL: 'mysql://user:hunter2@host/db',
      TAX_RATE: '120',
      SHOP_CURRENCY: 'XXX',
      SMTP_URL: 'hunter2',
      RATE_LIMIT: 'perhaps',
    });
    for (const name of ['PORT', 'DATABASE_URL', 'SHOP_CURRENCY', 'SMTP_URL', 'RATE_LIMIT'])
      expect(message).toContain(name);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    [{ SHIPPING_STANDARD_PRICE: '4.955' }, 'SHIPPING_STANDARD_PRICE'],
    [{ SHOP_CURRENCY: 'JPY', SHIPPING_EXPRESS_PRICE: '4.95' }, 'SHIPPING_EXPRESS_PRICE'],
    [{ TAX_RATE: '101' }, 'TAX_RATE'],
    [{ ADMIN_EMAIL: 'a@example.com' }, 'ADMIN_PASSWORD'],
    [{ ADMIN_EMAIL: 'a@example.com', ADMIN_PASSWORD: 'short' }, 'ADMIN_PASSWORD'],
    [{ PAYMENT_PROVIDERS: 'nobody' }, 'PAYMENT_PROVIDERS'],
    [{ PAYMENT_TIMEOUT_MS: '60000' }, 'REQUEST_TIMEOUT_MS'],
    [{ PAYMENT_PROVIDERS: 'stripe' }, 'STRIPE_SECRET_KEY'],
    [{ TEST_PROVIDER_URL: 'http://127.0.0.1:1' }, 'TEST_PROVIDER_SECRET'],
    [{ NODE_ENV: 'production', PAYMENT_PROVIDERS: 'test', FAIL_POINT: 'mail.sent' }, 'FAIL_POINT'],
    [{ NODE_ENV: 'production', PAYMENT_PROVIDERS: 'test', STRIPE_API_URL: 'http://127.0.0.1:1' }, 'STRIPE_API_URL'],
  ])('%j is refused', (variables, name) => {
    expect(faultsOf(variables as unknown as Record<string, string>)).toContain(name);
  });

  it('in production demands what would otherwise be made up', () => {
    const message = faultsOf({ NODE_ENV: 'production', DATABASE_URL: 'postgresql://a@b/c' });
    for (const name of ['AUTH_PRIVATE_KEY', 'ORDER_TOKEN_SECRET', 'ENCRYPTION_KEY', 'PAYMENT_PROVIDERS'])
      expect(message).toContain(name);
    expect(faultsOf({ NODE_ENV: 'production', PAYMENT_PROVIDERS: 'test' })).toBe('');
  });

  it('in production has a database elsewhere say whether the way to it is encrypted', () => {
    const faults = (DATABASE_URL: string) =>
      faultsOf({
        NODE_ENV: 'production',
        PAYMENT_PROVIDERS: 'test',
        ORDER_TOKEN_SECRET: 'x'.repeat(32),
        ENCRYPTION_KEY: 'x'.repeat(32),
        AUTH_PRIVATE_KEY: 'x'.repeat(100),
        DATABASE_URL,
      });
    expect(faults('postgresql://shop:secret@db.example.com/shop')).toContain('sslmode');
    for (const url of [
      'db.example.com/shop?sslmode=verify-full',
      '10.0.0.5/shop?sslmode=disable',
      '127.0.0.1:5432/shop',
    ])
      expect(() => faults(`postgresql://shop:secret@${url}`)).toThrow(/DECODER|PEM|key/i);
    expect(() => faults('postgresql:///shop?host=/run/postgresql')).toThrow(/DECODER|PEM|key/i);
  });

  it('reads what is absent unless it is set', () => {
    const config = load({
      TEST_PROVIDER_URL: 'http://127.0.0.1:4010/',
      TEST_PROVIDER_SECRET: 'x'.repeat(16),
      STRIPE_SECRET_KEY: 'sk_test_1',
      STRIPE_WEBHOOK_SECRET: 'whsec_1',
      STRIPE_API_URL: 'http://127.0.0.1:4020',
      FAIL_POINT: 'place.charged:2',
    });
    expect(config.testProvider).toEqual({ url: 'http://127.0.0.1:4010', secret: 'x'.repeat(16) });
    expect(config.stripe).toEqual({
      secretKey: 'sk_test_1',
      webhookSecret: 'whsec_1',
      apiUrl: 'http://127.0.0.1:4020',
    });
    expect(config.failPoint).toBe('place.charged:2');
    expect(faultsOf({ TEST_PROVIDER_URL: 'http://127.0.0.1:4010' })).toContain('TEST_PROVIDER_SECRET');
  });

  it('makes secrets once, for the owner of the process alone', () => {
    const first = load();
    const second = load();
    expect(second.secrets.orderTokenSecret).toBe(first.secrets.orderTokenSecret);
    expect(first.secrets.orderTokenSecret.length).toBeGreaterThanOrEqual(32);
    expect(statSync(join(dataDir, 'secrets', 'order-token-secret')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
  });

  it('takes a private key with real or written line breaks, and refuses another curve', () => {
    const pem = load().secrets.authPrivateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(load({ AUTH_PRIVATE_KEY: pem.replaceAll('\n', '\\n') }).secrets.authPrivateKey.asymmetricKeyType).toBe('ec');
    expect(() => load({ AUTH_PRIVATE_KEY: 'x'.repeat(120) })).toThrow();
  });
});
