import { Transform } from 'class-transformer';
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
} from 'class-validator';

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
  @Transform(toInt) @IsInt() @Min(0) @Max(4096) CATALOG_CACHE_MB = 16;
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
  @IsOptional() @Transform(toList) @IsString({ each: true }) @MinLength(32, { each: true }) ENCRYPTION_KEY?: string[];
  @IsOptional()
  @Transform(toList)
  @Matches(/^https?:\/\/[a-z0-9.-]+(:\d+)?$/, {
    each: true,
    message: 'CORS_ORIGINS must be origins such as https://shop.example.com, separated by commas',
  })
  CORS_ORIGINS?: string[];
  @IsOptional() @Matches(/^[a-z0-9.-]+$/) PASSKEY_RP_ID?: string;
  @IsOptional() @IsString() @MaxLength(20_000) OIDC_PROVIDERS?: string;
  @IsOptional()
  @Transform(toList)
  @Matches(/^https?:\/\/[^\s?#]+$/, {
    each: true,
    message:
      'OIDC_REDIRECT_URIS must be addresses without query, such as https://shop.example.com/signed-in, separated by commas',
  })
  OIDC_REDIRECT_URIS?: string[];
  @Transform(toBool) @IsBoolean() SERVER_TIMING = false;
  @IsOptional() @IsString() @MinLength(16) METRICS_TOKEN?: string;
  @IsOptional() @Matches(/^rediss?:\/\/\S+$/) REDIS_URL?: string;
  @IsOptional() @IsString() TLS_CERT_FILE?: string;
  @IsOptional() @IsString() TLS_KEY_FILE?: string;
  @IsOptional() @Transform(toInt) @IsInt() @Min(0) @Max(65535) HTTP_REDIRECT_PORT?: number;
  @Transform(toInt) @IsInt() @Min(60) @Max(3600) ACCESS_TOKEN_SECONDS = 900;
  @Transform(toInt) @IsInt() @Min(1) @Max(365) SESSION_DAYS = 30;
  @Transform(toInt) @IsInt() @Min(1) @Max(365) SESSION_IDLE_DAYS = 14;
  @IsIn(['optional', 'required']) STAFF_SECOND_FACTOR: 'optional' | 'required' = 'optional';
  @Transform(toInt) @IsInt() @Min(1) @Max(365) CART_DAYS = 30;
  @Transform(toInt) @IsInt() @Min(1) @Max(8) PASSWORD_HASH_CONCURRENCY = 2;
  @Transform(toInt) @IsInt() @Min(0) @Max(10) TRUSTED_PROXIES = 0;
  @Transform(toInt) @IsInt() @Min(1024) @Max(64 * 1024 * 1024) BODY_LIMIT_BYTES = 1024 * 1024;
  @Transform(toInt) @IsInt() @Min(1000) @Max(600_000) REQUEST_TIMEOUT_MS = 30_000;
  @Transform(toInt) @IsInt() @Min(1) @Max(1024) IMPORT_LIMIT_MB = 200;
  @Transform(toInt) @IsInt() @Min(10) @Max(1_000_000) LIMIT_PER_MINUTE = 24_000;
  @Transform(toInt) @IsInt() @Min(10) @Max(100_000) MAX_IN_FLIGHT = 1_000;
  @Transform(toInt) @IsInt() @Min(100) @Max(60_000) MAX_EVENT_LOOP_DELAY_MS = 2_000;
  @Transform(toInt) @IsInt() @Min(1) @Max(36_500) RETAIN_MAILS_DAYS = 180;
  @Transform(toInt) @IsInt() @Min(1) @Max(36_500) RETAIN_EVENTS_DAYS = 90;
  @Transform(toInt) @IsInt() @Min(1) @Max(36_500) RETAIN_ADDRESSES_DAYS = 180;
  @Transform(toInt) @IsInt() @Min(1) @Max(36_500) RETAIN_ORDERS_DAYS = 3_650;
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'silent']) LOG_LEVEL = 'info';
  @Transform(toBool) @IsBoolean() LOG_PRETTY = false;
}

/** Those that may be absent, and therefore have no value of their own. */
export const OPTIONAL_VARIABLES = [
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
  'ENCRYPTION_KEY',
  'CORS_ORIGINS',
  'PASSKEY_RP_ID',
  'OIDC_PROVIDERS',
  'OIDC_REDIRECT_URIS',
  'METRICS_TOKEN',
  'REDIS_URL',
  'TLS_CERT_FILE',
  'TLS_KEY_FILE',
  'HTTP_REDIRECT_PORT',
] as const;
