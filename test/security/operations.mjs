/** What openapi.json describes, as requests that a tool can change: every place for a value, filled with a fitting one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/lib/project.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** They may end the session that the tool uses, or an account that the others need. */
const ENDS_SOMETHING = /logout|password|sessions|erasure|totp/i;
/** Stands for the token of a session that no other request uses. */
const OWN_SESSION = '{own session}';

export const document = JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8'));

/** @returns {{ method: string, path: string, operation: any }[]} */
export function operations() {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ method, path, operation: item[method] })),
  );
}

/**
 * The requests of all operations as text, with `mark` behind every value that a tool shall change. Reads come first, and last what
 * may end a session or an account, each request in a session of its own.
 * @param {{ product: any, cart: any, customerId: string }} shop
 * @param {{ host: string, token: string, mark: string, signIn: () => Promise<string> }} options `signIn` begins another session and gives its token
 */
export async function markedRequests(shop, { host, token, mark, signIn }) {
  const order = { get: 0, post: 1, patch: 2, put: 3, delete: 4 };
  const rank = ({ method, path }) => order[method] + (ENDS_SOMETHING.test(path) ? 10 : 0);
  const requests = operations()
    .sort((a, b) => rank(a) - rank(b))
    .flatMap(({ method, path, operation }) => {
      const parameters = operation.parameters ?? [];
      const address = path.replaceAll(
        /\{(\w+)\}/g,
        (_, name) => `${encodeURIComponent(pathValue(path, name, shop))}${mark}`,
      );
      const query = parameters
        .filter((one) => one.in === 'query')
        .map(({ name, schema }) => `${name}=${encodeURIComponent(String(sample(schema ?? {})))}${mark}`);
      const headers = parameters.filter((one) => one.in === 'header').map(({ name }) => `${name}: "1-1"${mark}`);
      const schema = operation.requestBody?.content?.['application/json']?.schema;
      const body = schema ? markedJson(sample(schema), mark) : '';
      if (!`${address}${query.join('')}${headers.join('')}${body}`.includes(mark)) return [];
      const lines = [
        `${method.toUpperCase()} ${address}${query.length > 0 ? `?${query.join('&')}` : ''} HTTP/1.1`,
        `Host: ${host}`,
        `Authorization: Bearer ${ENDS_SOMETHING.test(path) ? OWN_SESSION : token}`,
        // The same for all: problems repeat it, and a tool that compares answers should see them differ by its values alone.
        'X-Request-Id: security',
        ...headers,
        ...(schema ? ['Content-Type: application/json'] : []),
      ];
      return [{ name: operation.operationId, text: `${lines.join('\r\n')}\r\n\r\n${body}` }];
    });
  for (const request of requests)
    if (request.text.includes(OWN_SESSION)) request.text = request.text.replace(OWN_SESSION, await signIn());
  return requests;
}

/** An existing thing where the shop has one, so that the request gets further than to its 404. */
export function pathValue(path, name, { product, cart, customerId }) {
  if (name === 'variantId' || /\/variants\//.test(path)) return product.variants[0].id;
  if (/\/products\//.test(path)) return product.slug;
  if (name === 'itemId') return cart.items[0].id;
  if (/\/carts\//.test(path)) return cart.id;
  if (/\/users\//.test(path)) return customerId;
  if (/\/roles\//.test(path)) return 'staff';
  if (name === 'file') return 'enamel-mug.svg';
  return '0198c5f0-7b7e-7000-8000-000000000000';
}

/** A value that fits: the document's own example, else one made from the schema. */
export function sample(schema, depth = 0) {
  if (schema.$ref) return sample(document.components.schemas[schema.$ref.split('/').at(-1)], depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.enum) return schema.enum[0];
  const [first] = schema.allOf ?? schema.oneOf ?? schema.anyOf ?? [];
  if (first) return sample(first, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object' || schema.properties)
    return depth > 6
      ? {}
      : Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([key, child]) => [key, sample(child, depth + 1)]),
        );
  if (type === 'array') return [sample(schema.items ?? {}, depth + 1)];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  return 'a';
}

/** JSON with the mark behind each value, inside the quotes of texts. */
function markedJson(value, mark) {
  if (Array.isArray(value)) return `[${value.map((item) => markedJson(item, mark)).join(',')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, child]) => `${JSON.stringify(key)}:${markedJson(child, mark)}`)
      .join(',')}}`;
  if (typeof value === 'string') return `${JSON.stringify(value.replaceAll('*', '')).slice(0, -1)}${mark}"`;
  return `${JSON.stringify(value)}${mark}`;
}
