import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import { ApiProblems } from './problem.decorators.js';

/** Summary, description and the method name that generated clients get. */
export const ApiOperationOf = (operationId: string, summary: string, description: string) =>
  ApiOperation({ operationId, summary, description });

/** For routes that take `@IfMatch()`. */
export const ApiIfMatch = () =>
  applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: false,
      description:
        'The `ETag` last read; the change is refused with 412 when the resource has changed since. Without it the change is made.',
      schema: { type: 'string', maxLength: 200 },
      example: '"3-Yx0cPq9aVbT2Wm1k"',
    }),
    ApiProblems(412),
  );

/** For routes under a rate limit. */
export const ApiLimit = () => applyDecorators(ApiProblems(429));
