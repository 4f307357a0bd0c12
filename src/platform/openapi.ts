import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { API_KEY_SCHEME } from './access/index.js';
import { serveDocsPage } from './docs-page.js';
import { describeFields } from './http/openapi.fields.js';
import { ProblemDto } from './http/problem.dto.js';
import { LONGEST_PARAMETER } from './http/server.js';

/** The OpenAPI 3.1 document of all routes, with everything in a fixed order, so that it can be compared as text. */
export function createDocument(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Backroom')
    .setDescription(
      'The backend of an online shop. Money is whole minor units with a currency; times are ISO 8601 in UTC; ids are opaque. ' +
        'Errors are problem documents (RFC 9457) with a stable `code`; 400 for a query of too many parameters, 405 (with `Allow`), 408, 414, 429, 431 and 500 may come at any address.',
    )
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setContact('Backroom', 'https://example.com/backroom', 'maintainers@example.com')
    .addServer('/', 'This server')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `accessToken` of a sign-in, checked as RFC8725 asks',
    })
    .addSecurity(API_KEY_SCHEME, {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'bk_<prefix>_<secret>',
      description: 'An API key, for programs; see `createApiKey`',
    })
    .addTag('auth', 'Signing in and out')
    .addTag('users', 'Accounts, addresses, roles')
    .addTag('invitations', 'Asking people to work for the shop')
    .addTag('catalog', 'Categories, products, variants, imports')
    .addTag('inventory', 'Stock and its ledger')
    .addTag('cart', 'Carts of guests and customers')
    .addTag('orders', 'Placing orders and what follows')
    .addTag('payments', "The steps that a customer takes to pay, providers' news, the ledger of money")
    .addTag('reports', 'Orders, books and providers held against each other')
    .addTag('webhooks', 'Signed news for other systems, and what became of it')
    .addTag('mails', 'Mails to customers: seen and sent again')
    .addTag('privacy', 'What is held on persons: given out, and erased')
    .addTag('audit log', 'What staff did and what concerns security')
    .addTag('running', 'Health and metrics')
    .build();
  const document = SwaggerModule.createDocument(app, description, { extraModels: [ProblemDto] });
  boundPathParameters(document);
  describeFields(document);
  return sortKeys(document);
}

/** The router refuses longer ones for every route (414). */
function boundPathParameters(document: OpenAPIObject): void {
  const operations = Object.values(document.paths).flatMap((item) => [
    item.get,
    item.post,
    item.patch,
    item.put,
    item.delete,
  ]);
  for (const parameter of operations.flatMap((operation) => operation?.parameters ?? [])) {
    if (!('in' in parameter) || parameter.in !== 'path' || !parameter.schema || '$ref' in parameter.schema) continue;
    const { schema } = parameter;
    if (schema.type === 'string' && !schema.enum && !schema.format) schema.maxLength ??= LONGEST_PARAMETER;
  }
}

/** `/docs`, `/docs-json` and `/docs-yaml`; the document is made at the first request for it. */
export function serveDocs(app: NestFastifyApplication): void {
  let document: OpenAPIObject | undefined;
  const server = app.getHttpAdapter().getInstance();
  // Nest calls YAML a text and leaves its charset to be guessed.
  server.addHook('onRoute', (route) => {
    if (route.url === '/docs-yaml')
      route.onSend = async (_request, reply, payload) => {
        void reply.type('text/yaml; charset=utf-8');
        return payload;
      };
  });
  SwaggerModule.setup('docs', app, () => (document ??= createDocument(app)), {
    ui: false,
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
  });
  serveDocsPage(server);
}

function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => sortKeys(item)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, child]) => [key, sortKeys(child as unknown)]),
  ) as T;
}
