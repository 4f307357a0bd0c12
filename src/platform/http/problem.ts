import type { AppError, ErrorKind, FieldError } from '../errors/index.js';

/** RFC 9457, with the members that our clients rely on. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export const STATUS_OF: Record<ErrorKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  payment_failed: 402,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media: 415,
  invalid: 422,
  rate_limited: 429,
  unavailable: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export interface ProblemParts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[] | undefined;
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** The document for one failed request. `instance` is the path without its query, which may hold a token. */
export function problem(parts: ProblemParts, request: { id: string; url: string }): Problem {
  return {
    ...parts.extra,
    type: 'about:blank',
    title: TITLES[parts.status] ?? 'Error',
    status: parts.status,
    detail: parts.detail,
    instance: request.url.split('?', 1)[0] ?? '/',
    code: parts.code,
    requestId: request.id,
    ...(parts.errors && parts.errors.length > 0 ? { errors: parts.errors } : {}),
  };
}

export function partsOf(error: AppError): ProblemParts {
  return {
    status: STATUS_OF[error.kind],
    code: error.code,
    detail: error.message,
    errors: error.errors,
    extra: error.extra,
  };
}

const BY_FASTIFY_CODE: Readonly<Record<string, ProblemParts>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'request.unsupported_media_type',
    detail: 'This body type is not understood here.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'request.too_large',
    detail: 'The body is larger than this server accepts.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    status: 400,
    code: 'request.malformed_json',
    detail: 'The body is empty, though it is said to be JSON.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'request.malformed',
    detail: 'The body is not as long as Content-Length says.',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'request.malformed_url', detail: 'The address cannot be read.' },
  FST_ERR_MAX_PARAM_LENGTH: { status: 414, code: 'request.url_too_long', detail: 'A part of the address is too long.' },
  FST_ERR_HANDLER_TIMEOUT: {
    status: 503,
    code: 'request.timeout',
    detail: 'The server could not answer in time; try again.',
  },
};

/** Errors of the server itself, by Fastify's code or by status, in our words. */
export function partsOfHttpError(status: number, fastifyCode: string | undefined): ProblemParts {
  const known = fastifyCode === undefined ? undefined : BY_FASTIFY_CODE[fastifyCode];
  if (known) return known;
  if (status === 400) return { status, code: 'request.malformed_json', detail: 'The body is not valid JSON.' };
  const title = TITLES[status];
  if (title && status < 500)
    return { status, code: `request.${title.toLowerCase().replaceAll(/[^a-z]+/g, '_')}`, detail: `${title}.` };
  if (status === 503)
    return { status, code: 'server.unavailable', detail: 'The server cannot answer right now; try again.' };
  return {
    status: 500,
    code: 'server.error',
    detail: 'Something went wrong on our side. The request id helps us find it.',
  };
}
