import type { Caller } from './callers.js';
import { operations, resolve, type Json, type Operation, type Schema } from './document.js';
import type { Asked, Row } from './row.js';
import { rows } from './rows/index.js';
import type { World } from './world.js';

/** An operation that takes JSON, and how it is asked. */
export interface BodyCase {
  readonly operation: Operation;
  readonly row: Row;
  readonly schema: Schema;
}

/** All operations with a JSON body that says which members it has. */
export const bodyCases: (readonly [string, BodyCase])[] = operations.flatMap((operation) => {
  const row = rows[operation.id];
  if (!row || operation.mediaType !== 'application/json' || !operation.bodySchema) return [];
  const schema = resolve(operation.bodySchema);
  return schema.additionalProperties ? [] : [[operation.id, { operation, row, schema }] as const];
});

/** Whoever may use it in full. */
export function callerFor(world: World, { demand }: Operation): Caller {
  return world.caller(demand.kind === 'permission' ? 'admin' : 'owner');
}

export function isObject(value: unknown): value is Record<string, Json> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Each object within the body, the body itself first, with its JSON pointer and its schema. */
export function objectsIn(
  value: unknown,
  schema: Schema,
  pointer = '',
): { pointer: string; object: Record<string, Json>; schema: Schema }[] {
  const known = resolve(schema);
  if (Array.isArray(value)) {
    const [first] = value as Json[];
    return first === undefined || !known.items ? [] : objectsIn(first, known.items, `${pointer}/0`);
  }
  if (!isObject(value) || !known.properties) return [];
  const children = Object.entries(known.properties).flatMap(([name, child]) =>
    objectsIn(value[name], child, `${pointer}/${name}`),
  );
  return [{ pointer, object: value, schema: known }, ...children];
}

/** The body with another member in the object at the pointer. */
export function withMember(body: unknown, pointer: string, name: string, value: Json): Json {
  const [, head, ...tail] = pointer.split('/');
  if (head === undefined) return { ...(body as Record<string, Json>), [name]: value };
  const rest = tail.length === 0 ? '' : `/${tail.join('/')}`;
  if (Array.isArray(body))
    return (body as Json[]).map((item, index) => (String(index) === head ? withMember(item, rest, name, value) : item));
  const object = body as Record<string, Json>;
  return { ...object, [head]: withMember(object[head], rest, name, value) };
}

/** A request that would succeed, with as many of the optional members as have an example. */
export async function fullRequest(world: World, { operation, row, schema }: BodyCase): Promise<Asked> {
  const asked = await row.ask(world, callerFor(world, operation));
  const nested = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const sample = isObject(asked.body) && asked.body[name] === undefined ? objectSample(child) : undefined;
    return sample === undefined ? [] : [[name, sample] as const];
  });
  return { ...asked, body: { ...(asked.body as object), ...Object.fromEntries(nested) } };
}

/** An example of what holds objects; undefined for all else. */
function objectSample(schema: Schema): Json | undefined {
  const known = resolve(schema);
  if (known.items) {
    const item = objectSample(known.items);
    return item === undefined ? undefined : [item];
  }
  if (!known.properties) return undefined;
  return Object.fromEntries(
    Object.entries(known.properties).flatMap(([name, child]) => {
      const value = resolve(child).example ?? objectSample(child);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
