import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
  type Type,
  type ValidationError,
} from '@nestjs/common';
import * as transformerPackage from 'class-transformer';
import * as validatorPackage from 'class-validator';
import { BoundedCache } from '../reads/index.js';
import { InvalidError, type FieldError } from '../errors/index.js';
import { plainCheckOf, type PlainCheck } from './plain-check.js';
import { findBadText } from './text-check.js';

const options = {
  // Nest would import them when the first body comes: later than need be, and perhaps a second copy of each.
  transformerPackage,
  validatorPackage,
  whitelist: true,
  transform: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
} as const;

rememberRules(validatorPackage.getMetadataStorage());

/** Of queries that were found good, for each kind of query. */
const KEPT_BYTES = 128 * 1024;
const LONGEST_KEPT = 300;
/** Characters of a query stand for about so many bytes of the object made from it. */
const BYTES_A_CHARACTER = 8;

/**
 * class-validator on every body, query and path. Unknown body fields are refused, unknown query parameters passed over.
 * Text that PostgreSQL cannot store (NUL, lone surrogates) and nesting without end stop here, before any use case.
 *
 * Queries repeat, and to check one costs as much as to answer it: those found good are kept for a while, frozen.
 */
@Injectable()
export class RequestPipe implements PipeTransform {
  private readonly strict = new ValidationPipe({
    ...options,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) => invalid(errors, ''),
  });
  private readonly lenient = new ValidationPipe({
    ...options,
    exceptionFactory: (errors) => invalid(errors, 'query:'),
  });
  private readonly good = new WeakMap<Type, BoundedCache<object>>();
  private readonly plainChecks = new Map<Type, PlainCheck | undefined>();

  /** @throws InvalidError (422), also as a rejection */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'query' && metadata.metatype) return this.query(value, metadata.metatype, metadata);
    refuseBadText(value, metadata);
    if (metadata.type === 'body') {
      // Nest passes an absent or non-object body over; a DTO is always an object.
      const expectsObject = metadata.metatype && metadata.metatype !== Object && metadata.metatype !== String;
      if (expectsObject && (value === null || typeof value !== 'object' || Array.isArray(value)))
        throw new InvalidError('request.invalid', 'The body must be a JSON object.', [
          { pointer: '', code: 'isObject', detail: 'must be an object' },
        ]);
      const good = expectsObject && this.plainCheck(metadata.metatype)?.(value as object);
      return good || this.strict.transform(value, metadata);
    }
    return metadata.metatype === String && typeof value === 'string' ? value : this.lenient.transform(value, metadata);
  }

  /** A class has all its decorators by the time that the first body for it comes. */
  private plainCheck(metatype: Type): PlainCheck | undefined {
    if (!this.plainChecks.has(metatype)) this.plainChecks.set(metatype, plainCheckOf(metatype));
    return this.plainChecks.get(metatype);
  }

  private query(value: unknown, metatype: Type, metadata: ArgumentMetadata): unknown {
    const key = JSON.stringify(value) ?? '';
    return this.goodOnes(metatype).get(key) ?? this.check(value, key, metatype, metadata);
  }

  private async check(value: unknown, key: string, metatype: Type, metadata: ArgumentMetadata): Promise<unknown> {
    refuseBadText(value, metadata);
    const checked: unknown = await this.lenient.transform(value, metadata);
    if (key.length <= LONGEST_KEPT && checked !== null && typeof checked === 'object') {
      for (const part of Object.values(checked)) Object.freeze(part);
      this.goodOnes(metatype).set(key, Object.freeze(checked), key.length * BYTES_A_CHARACTER);
    }
    return checked;
  }

  private goodOnes(metatype: Type): BoundedCache<object> {
    let cache = this.good.get(metatype);
    if (!cache) this.good.set(metatype, (cache = new BoundedCache(KEPT_BYTES)));
    return cache;
  }
}

/**
 * class-validator goes through the rules of all classes for each object that it checks, and once more to put them in order by property. A class has its
 * rules from the moment it is defined, so it is enough to do so once for each class, and where it is nested once for each class around it (its `schema`).
 */
function rememberRules(storage: ReturnType<typeof validatorPackage.getMetadataStorage>): void {
  const find = storage.getTargetValidationMetadatas.bind(storage);
  const group = storage.groupByPropertyName.bind(storage);
  const known = new Map<string, Map<object, Rules>>();
  const grouped = new WeakMap<Rules, ReturnType<typeof group>>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    if (always || strictGroups || groups?.length) return find(target, schema, always, strictGroups, groups);
    const ofSchema = kept(known, schema ?? '', () => new Map<object, Rules>());
    return kept(ofSchema, target, () => find(target, schema, always, strictGroups, groups));
  };
  storage.groupByPropertyName = (rules) => kept(grouped, rules, () => group(rules));
}

type Rules = ReturnType<ReturnType<typeof validatorPackage.getMetadataStorage>['getTargetValidationMetadatas']>;

interface Keeps<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

function kept<K, V>(known: Keeps<K, V>, key: K, make: () => V): V {
  const present = known.get(key);
  if (present !== undefined) return present;
  const made = make();
  known.set(key, made);
  return made;
}

function refuseBadText(value: unknown, metadata: ArgumentMetadata): void {
  const bad = findBadText(value);
  if (!bad) return;
  const pointer = metadata.type === 'body' ? bad.pointer : `${metadata.type}:${metadata.data ?? bad.pointer.slice(1)}`;
  const code = bad.code === 'text_invalid' ? 'request.invalid' : `request.${bad.code}`;
  throw new InvalidError(code, 'Some values are not acceptable.', [{ pointer, code: bad.code, detail: bad.detail }]);
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
