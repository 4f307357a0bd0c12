import type { Type } from '@nestjs/common';
import { TransformationType, type TransformFnParams } from 'class-transformer';
import { defaultMetadataStorage as shapes } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';

/** Makes an instance of a class from a body, as JSON is read, in which nothing is amiss; undefined where something may be. */
export type PlainCheck = (body: object) => object | undefined;

type Plain = Record<string, unknown>;
type RuleMetadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

interface Rule {
  readonly check: (value: unknown, of: ValidationArguments) => unknown;
  readonly each: boolean;
  readonly constraints: unknown[];
  readonly applies: ((object: object, value: unknown) => boolean) | undefined;
}

interface Property {
  readonly name: string;
  /** What class-transformer makes of it, in its order. */
  readonly transforms: readonly ((params: TransformFnParams) => unknown)[];
  /** All must agree, or the rules do not count (`@IsOptional`, `@ValidateIf`). */
  readonly conditions: readonly ((object: object, value: unknown) => unknown)[];
  readonly rules: readonly Rule[];
  /** Of an object, or of each in an array of them. */
  readonly nested: PlainCheck | undefined;
}

const KNOWN = new Set([
  ValidationTypes.CUSTOM_VALIDATION,
  ValidationTypes.CONDITIONAL_VALIDATION,
  ValidationTypes.NESTED_VALIDATION,
  ValidationTypes.WHITELIST,
]);

/**
 * The rules and transformations of a class, from the decorators of class-validator and class-transformer, in one function. Both libraries look all of
 * it up again for each object, which for a small body takes longer than everything else that is done with it. It knows the usual decorators alone, and
 * says nothing of what is wrong: where it gives nothing, the libraries have the word.
 *
 * @param within the classes around it, where it is nested
 * @returns undefined for a class of which it does not know all
 */
export function plainCheckOf(type: Type, within: readonly Type[] = []): PlainCheck | undefined {
  if (within.includes(type) || hidesOrRenames(type)) return undefined;
  const storage = getMetadataStorage();
  const rules = storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false));
  const properties = new Map<string, Property>();
  for (const [name, ofProperty] of Object.entries(rules)) {
    const property = propertyOf(type, name, ofProperty, within);
    if (!property) return undefined;
    properties.set(name, property);
  }
  return properties.size === 0 ? undefined : (body) => check(type, properties, body as Plain);
}

/** `@Exclude` and `@Expose`, of the class or of its properties. */
function hidesOrRenames(type: Type): boolean {
  const kind = TransformationType.PLAIN_TO_CLASS;
  return (
    shapes.getStrategy(type) !== 'none' ||
    shapes.getExposedProperties(type, kind).length > 0 ||
    shapes.getExcludedProperties(type, kind).length > 0
  );
}

function propertyOf(
  type: Type,
  name: string,
  metadata: readonly RuleMetadata[],
  within: readonly Type[],
): Property | undefined {
  if (!metadata.every((one) => KNOWN.has(one.type))) return undefined;
  const of = (kind: string) => metadata.filter((one) => one.type === kind);
  const shape = shapes.findTypeMetadata(type, name) as unknown as
    { typeFunction: () => Type; options?: object } | undefined;
  const isNested = of(ValidationTypes.NESTED_VALIDATION).length > 0;
  // A type makes something else of a value, and without one an object stays what it is.
  if (isNested !== (shape !== undefined) || (shape && Object.keys(shape.options ?? {}).length > 0)) return undefined;
  const nested = shape && plainCheckOf(shape.typeFunction(), [...within, type]);
  if (shape && !nested) return undefined;
  const rules = of(ValidationTypes.CUSTOM_VALIDATION).flatMap(rulesOf);
  if (rules.includes(undefined)) return undefined;
  return {
    name,
    transforms: shapes
      .findTransformMetadatas(type, name, TransformationType.PLAIN_TO_CLASS)
      .map(({ transformFn }) => transformFn),
    conditions: of(ValidationTypes.CONDITIONAL_VALIDATION).map(
      ({ constraints }) => constraints[0] as Property['conditions'][number],
    ),
    rules: rules as Rule[],
    nested,
  };
}

function rulesOf({ constraintCls, constraints, each, validateIf }: RuleMetadata): (Rule | undefined)[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map(({ async, instance }) =>
      async ? undefined : { check: instance.validate.bind(instance), each, constraints, applies: validateIf },
    );
}

function check(type: Type, properties: ReadonlyMap<string, Property>, body: Plain): object | undefined {
  const made = new type() as Plain;
  for (const key of Object.keys(body)) {
    const property = properties.get(key);
    const value = property && copy(body[key], property.nested);
    // JSON has no such value: here it says that somebody else should look.
    if (!property || value === undefined) return undefined;
    made[key] = property.transforms.reduce<unknown>(
      (before, transform) =>
        transform({ value: before, key, obj: body, type: TransformationType.PLAIN_TO_CLASS, options: {} }),
      value,
    );
  }
  for (const property of properties.values()) if (!isGood(made, property, type.name)) return undefined;
  return made;
}

/** As class-transformer copies it; undefined where it is not what is usual at its place. */
function copy(value: unknown, nested: PlainCheck | undefined): unknown {
  if (value === null) return null;
  if (typeof value !== 'object') return nested ? undefined : value;
  if (!Array.isArray(value)) return nested?.(value);
  const copies = value.map((one: unknown) => (one === null || Array.isArray(one) ? undefined : copy(one, nested)));
  return copies.includes(undefined) ? undefined : copies;
}

function isGood(made: Plain, { name, conditions, rules }: Property, targetName: string): boolean {
  const value = made[name];
  if (!conditions.every((condition) => condition(made, value))) return true;
  return rules.every(({ check, each, constraints, applies }) => {
    if (applies && !applies(made, value)) return true;
    const of = { targetName, property: name, object: made, value, constraints };
    // A promise is no answer.
    const agrees = (one: unknown) => check(one, of) === true;
    return each && Array.isArray(value) ? value.every(agrees) : agrees(value);
  });
}
