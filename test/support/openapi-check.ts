import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Operation {
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
}

interface Route {
  readonly path: string;
  readonly pattern: RegExp;
}

const file = join(process.cwd(), 'openapi.json');
const document = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Document) : undefined;
const validators = new Map<string, ValidateFunction>();
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
addFormats.default(ajv);
if (document) ajv.addSchema(document, 'openapi');

// Exact segments before parameters, as the router does it.
const routes: Route[] = Object.keys(document?.paths ?? {})
  .sort((a, b) => a.split('{').length - b.split('{').length)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`) }));

/**
 * Throws when an answer is not what the committed document says of it: an operation, status or media type that is not
 * described, or a body that does not fit. A test that changes a route runs `npm run openapi` first.
 */
export function checkAgainstDocument(method: string, url: string, status: number, body: unknown): void {
  if (!document) return;
  const path = url.split('?', 1)[0] ?? url;
  // The server may answer this to any address, before a route is found; the document says so once, in its description.
  if (status === 414) return;
  const route = routes.find(
    ({ pattern, path: known }) => pattern.test(path) && document.paths[known]?.[method.toLowerCase()],
  );
  if (!route) {
    if (status === 404 || status === 405 || status === 400) return;
    throw new Error(`${method} ${path} is not in openapi.json`);
  }
  const operation = document.paths[route.path]?.[method.toLowerCase()];
  const content = operation?.responses[String(status)]?.content;
  if (!content) throw new Error(`${method} ${route.path}: status ${status} is not in openapi.json`);
  const media = Object.keys(content).find((type) => type.includes('json'));
  if (!media) throw new Error(`${method} ${route.path}: status ${status} has no JSON in openapi.json`);
  const escape = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');
  const ref = `openapi#/paths/${escape(route.path)}/${method.toLowerCase()}/responses/${status}/content/${escape(media)}/schema`;
  const key = ref;
  const validate = validators.get(key) ?? ajv.compile({ $ref: encodeURI(ref) });
  validators.set(key, validate);
  if (!validate(body))
    throw new Error(
      `${method} ${route.path} ${status} does not fit openapi.json: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 1500)}`,
    );
}
