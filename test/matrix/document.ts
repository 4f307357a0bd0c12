import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly Json[];
  readonly example?: Json;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly schema?: Schema;
}

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-access'?: string;
  readonly 'x-access-more'?: Readonly<Record<string, string>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What an operation's own declaration demands of its caller. */
export type Demand =
  | { readonly kind: 'public'; readonly ignoresBearer: boolean }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'capability'; readonly holds: string }
  | { readonly kind: 'permission'; readonly permission: string };

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly demand: Demand;
  /** Whether it may be used with an API key. */
  readonly takesKeys: boolean;
  /** Permissions that open more here than the demand does. */
  readonly more: readonly string[];
  /** The media type of its body; undefined where it takes none. */
  readonly mediaType: string | undefined;
  readonly bodySchema: Schema | undefined;
  readonly successes: readonly number[];
}

export const document = JSON.parse(readFileSync(join(process.cwd(), 'openapi.json'), 'utf8')) as Document;

const CAPABILITY = /^capability: (.+)$/;

function schemesOf({ security = [] }: Described): string[] {
  return security.flatMap((one) => Object.keys(one));
}

function demandOf(described: Described): Demand {
  const access = described['x-access'];
  if (access === undefined) throw new Error(`${described.operationId} does not say in openapi.json who may use it`);
  const capability = CAPABILITY.exec(access)?.[1];
  if (capability !== undefined) return { kind: 'capability', holds: capability };
  if (access === 'public') {
    return { kind: 'public', ignoresBearer: schemesOf(described).length === 0 };
  }
  return access === 'authenticated' ? { kind: 'authenticated' } : { kind: 'permission', permission: access };
}

/** Every operation of the committed document. */
export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => {
    const [mediaType, content] = Object.entries(described.requestBody?.content ?? {})[0] ?? [];
    return {
      id: described.operationId,
      method: method.toUpperCase(),
      path,
      parameters: described.parameters ?? [],
      demand: demandOf(described),
      takesKeys: schemesOf(described).includes('apiKey'),
      more: Object.keys(described['x-access-more'] ?? {}),
      mediaType,
      bodySchema: content?.schema,
      successes: Object.keys(described.responses)
        .map(Number)
        .filter((status) => status < 400),
    };
  }),
);

/** The schema that a reference stands for. */
export function resolve(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) return resolve(document.components.schemas[name] ?? {});
  return schema.allOf?.length === 1 && schema.allOf[0] ? resolve({ ...resolve(schema.allOf[0]) }) : schema;
}

/** The names in braces of a path. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}
