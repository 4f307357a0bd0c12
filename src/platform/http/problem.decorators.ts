import { applyDecorators } from '@nestjs/common';
import { ApiResponse, getSchemaPath } from '@nestjs/swagger';

const EXPLAINED: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  401: 'Nobody is signed in, or the token is not valid (any more)',
  402: 'The payment was declined',
  403: 'A permission is missing',
  404: "There is no such thing, or it is someone else's",
  408: 'The body did not come in time',
  409: 'The request is at odds with the present state',
  412: '`If-Match` names an older version',
  413: 'The body is too large',
  415: 'The body type is not understood',
  422: 'A value breaks a rule',
  429: 'Too many requests; see `Retry-After`',
  503: 'Not available right now; see `Retry-After`',
};

const EXAMPLE_CODES: Readonly<Record<number, string>> = {
  400: 'request.malformed_json',
  401: 'auth.required',
  402: 'payment.declined',
  403: 'auth.permission_missing',
  404: 'product.not_found',
  408: 'request.request_timeout',
  409: 'inventory.insufficient_stock',
  412: 'request.version_stale',
  413: 'request.too_large',
  415: 'request.unsupported_media_type',
  422: 'request.invalid',
  429: 'request.rate_limited',
  503: 'database.unavailable',
};

/** Documents the problem answers of a route, each with the one schema of problem documents and an example. */
export function ApiProblems(...statuses: number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: EXPLAINED[status] ?? 'Problem',
        content: {
          'application/problem+json': {
            schema: { $ref: getSchemaPath('Problem') },
            example: {
              type: 'about:blank',
              title: EXPLAINED[status],
              status,
              detail: EXPLAINED[status],
              instance: '/v1/example',
              code: EXAMPLE_CODES[status],
              requestId: '0198c5f0-7b7e-7000-8000-000000000000',
            },
          },
        },
      }),
    ),
  );
}
