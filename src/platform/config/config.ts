import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';
import { resolve } from 'node:path';
import { isShopCurrency, minorUnits, parseMinor, parseRate } from '../money/index.js';
import { ensureSecrets, type Secrets } from './secrets.js';

const toInt = ({ value }: { value: unknown }) =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
const toBool = ({ value }: { value: unknown }) =>
  value === 'true' || value === 'on' || value === '1'
    ? true
    : value === 'false' || value === 'off' || value === '0'
      ? false
      : value;
const toList = ({ value }: { value: unknown }) =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean)
    : value;

/** The environment, read once at start. Property names are the variables' own; see the README's table. */
export class Environment {
  @IsOptional() @IsIn(['development', 'test', 'production']) NODE_ENV: 'development' | 'test' | 'production' =
    'development';
  @Transform(toInt) @IsInt() @Min(0) @Max(65535) PORT = 3000;
  @IsString() @MinLength(1) HOST = '127.0.0.1';
  @IsString() @MinLength(1) DATA_DIR = 'var';
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/, {
    message: 'DATABASE_URL must read postgresql://user:password@host:port/database',
  })
  DATABASE_URL?: string;
  @Transform(toInt) @IsInt() @Min(2) @Max(200) DATABASE_POOL_SIZE = 10;
  @IsOptional()
  @Matches(/^smtps?:\/\/\S+$/, { message: 'SMTP_URL must read smtp://user:password@host:port' })
  SMTP_URL?: string;
  @IsString() @MinLength(3) MAIL_FROM = 'Backroom <shop@localhost>';
  @Transform(toBool) @IsBoolean() SEED_DEMO = true;
  @Transform(toBool) @IsBoolean() RATE_LIMIT = true;
  @Matches(/^[A-Z]{3}$/) SHOP_CURRENCY = 'GBP';
  @IsString() @MinLength(1) @MaxLength(100) SHOP_NAME = 'Backroom';
  @Transform(toBool) @IsBoolean() TAX_INCLUDED = true;
  @Matches(/^\d{1,3}(\.\d{1,4})?$/, { message: 'TAX_RATE must be a percentage such as 20 or 8.875' }) TAX_RATE = '20';
  @IsOptional() @Matches(/^\d{1,9}(\.\d{1,4})?$/) SHIPPING_STANDARD_PRICE?: string;
  @IsOptional() @Matches(/^\d{1,9}(\.\d{1,4})?$/) SHIPPING_STANDARD_FREE_FROM?: string;
  @IsOptional() @Matches(/^\d{1,9}(\.\d{1,4})?$/) SHIPPING_EXPRESS_PRICE?: string;
  @IsOptional() @Transform(toList) @IsIn(['test', 'stripe'], { each: true }) PAYMENT_PROVIDERS?: string[];
  @IsIn(['automatic', 'manual']) PAYMENT_CAPTURE: 'automatic' | 'manual' = 'automatic';
  @Transform(toInt) @IsInt() @Min(1) @Max(31) PAYMENT_AUTHORIZATION_DAYS = 6;
  @IsOptional() @Matches(/^https?:\/\/\S+$/) TEST_PROVIDER_URL?: string;
  @IsOptional() @IsString() @MinLength(16) TEST_PROVIDER_SECRET?: string;
  @IsOptional() @Matches(/^(sk|rk)_\S+$/) STRIPE_SECRET_KEY?: string;
  @IsOptional() @Matches(/^whsec_\S+$/) STRIPE_WEBHOOK_SECRET?: string;
  @IsOptional() @Matches(/^https?:\/\/\S+$/) STRIPE_API_URL?: string;
  @Transform(toInt) @IsInt() @Min(100) @Max(60_000) PAYMENT_TIMEOUT_MS = 8_000;
  @Transform(toInt) @IsInt() @Min(1) @Max(1440) PAYMENT_ACTION_MINUTES = 15;
  @Transform(toBool) @IsBoolean() WEBHOOKS_ALLOW_PRIVATE = false;
  @Transform(toInt) @IsInt() @Min(0) @Max(1_000_000) LOW_STOCK_AT = 5;
  @IsOptional() @Matches(/^[a-z_.]+(:\d+)?$/) FAIL_POINT?: string;
  @IsOptional() @Matches(/^https?:\/\/\S+$/) STOREFRONT_URL?: string;
  @IsOptional() @Matches(/^https?:\/\/\S+$/) PUBLIC_URL?: string;
  @IsOptional() @IsEmail() ADMIN_EMAIL?: string;
  @IsOptional() @IsString() @MinLength(10) @MaxLength(200) ADMIN_PASSWORD?: string;
  @IsOptional() @IsString() @MinLength(100) AUTH_PRIVATE_KEY?: string;
  @IsOptional() @IsString() @MinLength(32) ORDER_TOKEN_SECRET?: string;
  @Transform(toInt) @IsInt() @Min(60) @Max(3600) ACCESS_TOKEN_SECONDS = 900;
  @Transform(toInt) @IsInt() @Min(1) @Max(365) SESSION_DAYS = 30;
  @Transform(toInt) @IsInt() @Min(1) @Max(365) CART_DAYS = 30;
  @Transform(toInt) @IsInt() @Min(1) @Max(8) PASSWORD_HASH_CONCURRENCY = 2;
  @Transform(toInt) @IsInt() @Min(0) @Max(10) TRUSTED_PROXIES = 0;
  @Transform(toInt) @IsInt() @Min(1024) @Max(64 * 1024 * 1024) BODY_LIMIT_BYTES = 1024 * 1024;
  @Transform(toInt) @IsInt() @Min(1000) @Max(600_000) REQUEST_TIMEOUT_MS = 30_000;
  @Transform(toInt) @IsInt() @Min(1) @Max(1024) IMPORT_LIMIT_MB = 200;
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'silent']) LOG_LEVEL = 'info';
  @Transform(toBool) @IsBoolean() LOG_PRETTY = false;
}

/** Every fault of the environment at once, a line each, naming the variable and never its value. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The environment is not right:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** What the shop runs with: the validated environment, with the names that the code uses, and the secrets. */
export class Config {
  readonly nodeEnv = this.env.NODE_ENV;
  readonly production = this.env.NODE_ENV === 'production';
  readonly port = this.env.PORT;
  readonly host = this.env.HOST;
  readonly dataDir = resolve(this.env.DATA_DIR);
  /** Absent: the embedded PostgreSQL in `dataDir/postgres`. */
  readonly databaseUrl = this.env.DATABASE_URL;
  readonly databasePoolSize = this.env.DATABASE_POOL_SIZE;
  readonly smtpUrl = this.env.SMTP_URL;
  readonly mailFrom = this.env.MAIL_FROM;
  readonly seedDemo = this.env.SEED_DEMO;
  readonly rateLimit = this.env.RATE_LIMIT;
  readonly currency = this.env.SHOP_CURRENCY;
  readonly shopName = this.env.SHOP_NAME;
  readonly taxIncluded = this.env.TAX_INCLUDED;
  /** Percent, as decimal text. */
  readonly taxRate = this.env.TAX_RATE;
  /** Decimal text in major units of `currency`; pricing has a default for what is absent. */
  readonly shipping = {
    standardPrice: this.env.SHIPPING_STANDARD_PRICE,
    standardFreeFrom: this.env.SHIPPING_STANDARD_FREE_FROM,
    expressPrice: this.env.SHIPPING_EXPRESS_PRICE,
  };
  readonly paymentProviders: readonly string[] = this.env.PAYMENT_PROVIDERS ?? (this.production ? [] : ['test']);
  /** Whether the money is taken with the order, or set aside until staff capture it. */
  readonly paymentCapture = this.env.PAYMENT_CAPTURE;
  /** How long an authorised amount is kept before it is let go. */
  readonly paymentAuthorizationMs = this.env.PAYMENT_AUTHORIZATION_DAYS * 86_400_000;
  /** The simulated provider as a server of its own; absent: in this process. */
  readonly testProvider = {
    url: this.env.TEST_PROVIDER_URL?.replace(/\/+$/, ''),
    secret: this.env.TEST_PROVIDER_SECRET,
  };
  readonly stripe = {
    secretKey: this.env.STRIPE_SECRET_KEY,
    webhookSecret: this.env.STRIPE_WEBHOOK_SECRET,
    /** Elsewhere than Stripe's own, for tests. */
    apiUrl: this.env.STRIPE_API_URL,
  };
  /** Whether webhooks may go to private, loopback and link-local addresses. */
  readonly webhooksToPrivate = this.env.WEBHOOKS_ALLOW_PRIVATE;
  /** Units that can still be sold, at which `inventory.low_stock` tells; a variant may have its own. */
  readonly lowStockAt = this.env.LOW_STOCK_AT;
  /** Where the process kills itself, for tests of crashes: `name` or `name:nth`. */
  readonly failPoint = this.env.FAIL_POINT;
  readonly paymentTimeoutMs = this.env.PAYMENT_TIMEOUT_MS;
  readonly paymentActionMs = this.env.PAYMENT_ACTION_MINUTES * 60_000;
  readonly storefrontUrl = this.env.STOREFRONT_URL?.replace(/\/+$/, '');
  readonly publicUrl = this.env.PUBLIC_URL?.replace(/\/+$/, '');
  readonly adminEmail = this.env.ADMIN_EMAIL;
  readonly adminPassword = this.env.ADMIN_PASSWORD;
  readonly accessTokenSeconds = this.env.ACCESS_TOKEN_SECONDS;
  readonly sessionMs = this.env.SESSION_DAYS * 86_400_000;
  readonly cartMs = this.env.CART_DAYS * 86_400_000;
  readonly passwordHashConcurrency = this.env.PASSWORD_HASH_CONCURRENCY;
  /** Proxies in front of the server whose `X-Forwarded-For` is believed, counted from the nearest. */
  readonly trustedProxies = this.env.TRUSTED_PROXIES;
  readonly bodyLimitBytes = this.env.BODY_LIMIT_BYTES;
  readonly requestTimeoutMs = this.env.REQUEST_TIMEOUT_MS;
  readonly importLimitBytes = this.env.IMPORT_LIMIT_MB * 1024 * 1024;
  readonly logLevel = this.env.LOG_LEVEL;
  readonly logPretty = this.env.LOG_PRETTY;

  constructor(
    private readonly env: Environment,
    readonly secrets: Secrets,
  ) {}
}

/**
 * Reads and validates the environment; makes the missing secrets in the data folder where that is allowed.
 * @throws ConfigError naming every fault at once.
 */
export function loadConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const known = new Set(Object.keys(new Environment()).concat(OPTIONAL));
  const env = plainToInstance(
    Environment,
    Object.fromEntries(Object.entries(given).filter(([name]) => known.has(name))),
    {
      exposeDefaultValues: true,
    },
  );
  if (given['LOG_PRETTY'] === undefined) env.LOG_PRETTY = env.NODE_ENV === 'development';
  const faults = [...validationFaults(env), ...crossFaults(env)];
  if (faults.length > 0) throw new ConfigError(faults);
  return new Config(env, ensureSecrets(env));
}

const OPTIONAL = [
  'DATABASE_URL',
  'SMTP_URL',
  'SHIPPING_STANDARD_PRICE',
  'SHIPPING_STANDARD_FREE_FROM',
  'SHIPPING_EXPRESS_PRICE',
  'PAYMENT_PROVIDERS',
  'TEST_PROVIDER_URL',
  'TEST_PROVIDER_SECRET',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_API_URL',
  'FAIL_POINT',
  'STOREFRONT_URL',
  'PUBLIC_URL',
  'ADMIN_EMAIL',
  'ADMIN_PASSWORD',
  'AUTH_PRIVATE_KEY',
  'ORDER_TOKEN_SECRET',
];

function validationFaults(env: Environment): string[] {
  return validateSync(env).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((text) => (text.startsWith(property) ? text : `${property}: ${text}`)),
  );
}

function crossFaults(env: Environment): string[] {
  const faults: string[] = [];
  if (/^[A-Z]{3}$/.test(env.SHOP_CURRENCY) && !isShopCurrency(env.SHOP_CURRENCY))
    faults.push('SHOP_CURRENCY is not a currency of ISO 4217 that a shop can charge in');
  else faults.push(...amountFaults(env));
  if (env.NODE_ENV === 'production' && env.DATABASE_URL) {
    if (!env.AUTH_PRIVATE_KEY) faults.push('AUTH_PRIVATE_KEY is required in production: a P-256 private key in PEM');
    if (!env.ORDER_TOKEN_SECRET)
      faults.push('ORDER_TOKEN_SECRET is required in production: at least 32 random characters');
  }
  if (env.NODE_ENV === 'production' && !env.PAYMENT_PROVIDERS)
    faults.push('PAYMENT_PROVIDERS is required in production; `test` takes no real money and must be named to be used');
  // A request may wait for the provider once, and for its own transactions beside that.
  if (env.PAYMENT_TIMEOUT_MS * 2 > env.REQUEST_TIMEOUT_MS)
    faults.push('REQUEST_TIMEOUT_MS must be at least twice PAYMENT_TIMEOUT_MS');
  if (env.PAYMENT_PROVIDERS?.includes('stripe') && !(env.STRIPE_SECRET_KEY && env.STRIPE_WEBHOOK_SECRET))
    faults.push('PAYMENT_PROVIDERS names `stripe`, which needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET');
  if (Boolean(env.TEST_PROVIDER_URL) !== Boolean(env.TEST_PROVIDER_SECRET))
    faults.push('TEST_PROVIDER_URL and TEST_PROVIDER_SECRET go together');
  if (env.NODE_ENV === 'production' && env.STRIPE_API_URL?.startsWith('http:'))
    faults.push('STRIPE_API_URL must be https in production');
  if (env.FAIL_POINT !== undefined && env.NODE_ENV === 'production')
    faults.push('FAIL_POINT is for tests and is refused in production');
  if (Boolean(env.ADMIN_EMAIL) !== Boolean(env.ADMIN_PASSWORD))
    faults.push('ADMIN_EMAIL and ADMIN_PASSWORD go together');
  return faults;
}

/** Amounts and rates that read as numbers but are none of the shop's currency. */
function amountFaults(env: Environment): string[] {
  const faults = (['SHIPPING_STANDARD_PRICE', 'SHIPPING_STANDARD_FREE_FROM', 'SHIPPING_EXPRESS_PRICE'] as const)
    .filter((name) => env[name] !== undefined && !parseMinor(env[name], minorUnits(env.SHOP_CURRENCY)).ok)
    .map((name) => `${name} is not an amount of ${env.SHOP_CURRENCY}`);
  return parseRate(env.TAX_RATE).ok ? faults : [...faults, 'TAX_RATE must be a percentage from 0 to 100'];
}
