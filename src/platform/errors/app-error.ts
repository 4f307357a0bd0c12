/** What went wrong in the terms a client understands; `platform/http` gives each kind its status. */
export type ErrorKind =
  | 'malformed' // 400: the syntax cannot be read
  | 'invalid' // 422: readable, but a value breaks a rule
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'not_found' // 404: missing, or someone else's
  | 'conflict' // 409
  | 'precondition_failed' // 412: If-Match is stale
  | 'payment_failed' // 402
  | 'too_large' // 413
  | 'unsupported_media' // 415
  | 'rate_limited' // 429
  | 'unavailable'; // 503: try again later

/** One fault of one value of the request. `pointer` is a JSON pointer (RFC 6901) into the body, or `query:name`, `path:name`, `header:name`. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface AppErrorOptions {
  readonly errors?: readonly FieldError[];
  /** Further members of the problem document (RFC 9457, 3.2), such as the lines that are short of stock. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Seconds for `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/**
 * An expected failure. `code` is stable and reads `area.reason`; `detail` is for people and holds nothing secret.
 * Carries no stack: it is an answer, not a bug, and a stack costs more than the query that led to it.
 */
export class AppError extends Error {
  readonly errors: readonly FieldError[] | undefined;
  readonly extra: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    detail: string,
    options: AppErrorOptions = {},
  ) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(detail);
    Error.stackTraceLimit = limit;
    this.name = new.target.name;
    this.errors = options.errors;
    this.extra = options.extra;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** 404 for what is missing and for what belongs to someone else alike, so that nobody learns which. */
export class NotFoundError extends AppError {
  constructor(what: string) {
    super('not_found', `${what}.not_found`, `There is no such ${what.replaceAll('_', ' ')}.`);
  }
}

export class ConflictError extends AppError {
  constructor(code: string, detail: string, extra?: Readonly<Record<string, unknown>>) {
    super('conflict', code, detail, extra ? { extra } : {});
  }
}

/** 422 for values that can be read but break a rule. */
export class InvalidError extends AppError {
  constructor(code: string, detail: string, errors?: readonly FieldError[]) {
    super('invalid', code, detail, errors ? { errors } : {});
  }
}

/** 412: the resource has changed since the version that `If-Match` names. */
export class StaleVersionError extends AppError {
  constructor() {
    super(
      'precondition_failed',
      'request.version_stale',
      'The resource has changed since you read it; read it again and repeat the change.',
    );
  }
}
