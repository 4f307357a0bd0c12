import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { resolve } from 'node:path';
import { Environment, OPTIONAL_VARIABLES } from './environment.js';
import { isShopCurrency, minorUnits, parseMinor, parseRate } from '../money/index.js';
import { isThisMachine } from '../values/this-machine.js';
import { oidcFaults, readOidcProviders, type OidcProvider } from './oidc-providers.js';
import { ensureSecrets, type Secrets } from './secrets.js';

const DAY_MS = 86_400_000;

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
  /** For reads of the catalogue that were just answered; 0: none are kept. */
  readonly catalogCacheBytes = this.env.CATALOG_CACHE_MB * 1024 * 1024;
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
  /** Whether permissions count only in sessions that showed a second factor. */
  readonly staffSecondFactor = this.env.STAFF_SECOND_FACTOR;
  readonly sessionMs = this.env.SESSION_DAYS * 86_400_000;
  /** How long a session stands without being refreshed. */
  readonly sessionIdleMs = this.env.SESSION_IDLE_DAYS * 86_400_000;
  readonly cartMs = this.env.CART_DAYS * 86_400_000;
  readonly passwordHashConcurrency = this.env.PASSWORD_HASH_CONCURRENCY;
  /** Proxies in front of the server whose `X-Forwarded-For` is believed, counted from the nearest. */
  readonly trustedProxies = this.env.TRUSTED_PROXIES;
  readonly bodyLimitBytes = this.env.BODY_LIMIT_BYTES;
  readonly requestTimeoutMs = this.env.REQUEST_TIMEOUT_MS;
  readonly importLimitBytes = this.env.IMPORT_LIMIT_MB * 1024 * 1024;
  /** Origins whose pages may call this server from a browser; none unless named. */
  readonly corsOrigins: readonly string[] = originsOf(...(this.env.CORS_ORIGINS ?? []));
  /** Those, and the shop's own pages: who may sign in by cookie. */
  readonly frontEndOrigins: readonly string[] = [
    ...new Set([...this.corsOrigins, ...originsOf(this.env.PUBLIC_URL, this.env.STOREFRONT_URL)]),
  ];
  /** The domain that passkeys are bound to (WebAuthn's relying party); absent: the storefront's host. */
  readonly passkeyRpId = this.env.PASSKEY_RP_ID ?? hostOf(this.env.STOREFRONT_URL);
  readonly oidcProviders: readonly OidcProvider[] = readOidcProviders(this.env.OIDC_PROVIDERS);
  /** Where a provider may send people back to: pages of the storefront, compared sign for sign. */
  readonly oidcRedirectUris: readonly string[] = this.env.OIDC_REDIRECT_URIS ?? [];
  /** Where limits are counted; absent: in the shop's own database. */
  readonly redisUrl = this.env.REDIS_URL;
  /** HTTPS with these files; absent: plain HTTP, as behind a proxy. */
  readonly tls =
    this.env.TLS_CERT_FILE && this.env.TLS_KEY_FILE
      ? { certFile: resolve(this.env.TLS_CERT_FILE), keyFile: resolve(this.env.TLS_KEY_FILE) }
      : undefined;
  /** Where plain HTTP is sent on to HTTPS. */
  readonly httpRedirectPort = this.env.HTTP_REDIRECT_PORT;
  /** Requests of one address, account or key in a minute, beside the narrower limits of single routes. */
  readonly limitPerMinute = this.env.LIMIT_PER_MINUTE;
  /** Beyond these a request is refused with 503 rather than served late. */
  readonly shedding = { maxInFlight: this.env.MAX_IN_FLIGHT, maxEventLoopDelayMs: this.env.MAX_EVENT_LOOP_DELAY_MS };
  /** How long personal data are kept: mails and payloads of events whole, network addresses, and persons in orders. */
  readonly retention = {
    mailsMs: this.env.RETAIN_MAILS_DAYS * DAY_MS,
    eventsMs: this.env.RETAIN_EVENTS_DAYS * DAY_MS,
    addressesMs: this.env.RETAIN_ADDRESSES_DAYS * DAY_MS,
    ordersMs: this.env.RETAIN_ORDERS_DAYS * DAY_MS,
  };
  /** Whether each answer tells its times and how many statements it took. */
  readonly serverTiming = this.env.SERVER_TIMING;
  /** What `/metrics` asks for; absent: nothing. */
  readonly metricsToken = this.env.METRICS_TOKEN;
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
  const known = new Set(Object.keys(new Environment()).concat(OPTIONAL_VARIABLES));
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
    if (!env.ENCRYPTION_KEY) faults.push('ENCRYPTION_KEY is required in production: at least 32 random characters');
    if (leavesThisMachineUnasked(env.DATABASE_URL))
      faults.push(
        'DATABASE_URL must say its sslmode in production: verify-full, or disable where the network is trusted',
      );
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
  if (Boolean(env.TLS_CERT_FILE) !== Boolean(env.TLS_KEY_FILE))
    faults.push('TLS_CERT_FILE and TLS_KEY_FILE go together');
  if (env.HTTP_REDIRECT_PORT !== undefined && !env.TLS_CERT_FILE)
    faults.push('HTTP_REDIRECT_PORT needs TLS_CERT_FILE and TLS_KEY_FILE');
  faults.push(...oidcFaults(env.OIDC_PROVIDERS, env.OIDC_REDIRECT_URIS, env.NODE_ENV === 'production'));
  if (Boolean(env.ADMIN_EMAIL) !== Boolean(env.ADMIN_PASSWORD))
    faults.push('ADMIN_EMAIL and ADMIN_PASSWORD go together');
  return faults;
}

/** Whether the database is elsewhere and its address leaves open whether the way there is encrypted: it would not be. */
function leavesThisMachineUnasked(databaseUrl: string): boolean {
  if (!URL.canParse(databaseUrl)) return false;
  const { hostname, searchParams } = new URL(databaseUrl);
  const host = searchParams.get('host') ?? hostname;
  const isSocket = host === '' || host.startsWith('/') || host.startsWith('%2F');
  return !isSocket && !isThisMachine(host) && !searchParams.has('sslmode');
}

/** Amounts and rates that read as numbers but are none of the shop's currency. */
function amountFaults(env: Environment): string[] {
  const faults = (['SHIPPING_STANDARD_PRICE', 'SHIPPING_STANDARD_FREE_FROM', 'SHIPPING_EXPRESS_PRICE'] as const)
    .filter((name) => env[name] !== undefined && !parseMinor(env[name], minorUnits(env.SHOP_CURRENCY)).ok)
    .map((name) => `${name} is not an amount of ${env.SHOP_CURRENCY}`);
  return parseRate(env.TAX_RATE).ok ? faults : [...faults, 'TAX_RATE must be a percentage from 0 to 100'];
}

/** As browsers write them (RFC 6454, 6.1): without a port that goes without saying. */
function originsOf(...urls: readonly (string | undefined)[]): string[] {
  return urls.flatMap((url) => (url === undefined ? [] : [new URL(url).origin]));
}

function hostOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).hostname;
}
