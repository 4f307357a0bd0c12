import { Injectable, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { InvalidError, type FieldError } from '../errors/index.js';
import { findBadText } from './text-check.js';

const options = {
  whitelist: true,
  transform: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
} as const;

/**
 * class-validator on every body, query and path. Unknown body fields are refused, unknown query parameters passed over.
 * Text that PostgreSQL cannot store (NUL, lone surrogates) and nesting without end stop here, before any use case.
 */
@Injectable()
export class RequestPipe extends ValidationPipe {
  private readonly lenient = new ValidationPipe({
    ...options,
    exceptionFactory: (errors) => invalid(errors, 'query:'),
  });

  constructor() {
    super({ ...options, forbidNonWhitelisted: true, exceptionFactory: (errors) => invalid(errors, '') });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    const bad = findBadText(value);
    if (bad) {
      const pointer =
        metadata.type === 'body' ? bad.pointer : `${metadata.type}:${metadata.data ?? bad.pointer.slice(1)}`;
      const code = bad.code === 'text_invalid' ? 'request.invalid' : `request.${bad.code}`;
      throw new InvalidError(code, 'Some values are not acceptable.', [
        { pointer, code: bad.code, detail: bad.detail },
      ]);
    }
    if (metadata.type === 'body') {
      // Nest passes an absent or non-object body over; a DTO is always an object.
      const expectsObject = metadata.metatype && metadata.metatype !== Object && metadata.metatype !== String;
      if (expectsObject && (value === null || typeof value !== 'object' || Array.isArray(value)))
        throw new InvalidError('request.invalid', 'The body must be a JSON object.', [
          { pointer: '', code: 'isObject', detail: 'must be an object' },
        ]);
      return super.transform(value, metadata);
    }
    return this.lenient.transform(value, metadata);
  }
}

function invalid(errors: ValidationError[], prefix: string): InvalidError {
  return new InvalidError(
    'request.invalid',
    'Some values are not acceptable.',
    flatten(errors, prefix === '' ? '/' : prefix),
  );
}

function flatten(errors: ValidationError[], prefix: string): FieldError[] {
  return errors.flatMap((error) => {
    const pointer = `${prefix}${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Object.entries(error.constraints ?? {}).map(([code, detail]) => ({
      pointer,
      code: code === 'whitelistValidation' ? 'unknown_field' : code,
      detail: code === 'whitelistValidation' ? 'is not a field of this request' : detail,
    }));
    return [...own, ...flatten(error.children ?? [], `${pointer}/`)];
  });
}
