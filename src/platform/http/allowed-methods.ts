import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

const ROUTES = Symbol('backroom.routes');

type WithRoutes = FastifyInstance & { [ROUTES]?: Map<string, KnownRoute> };

/** Notes each route as it is registered: Nest answers 404 for a wrong method, and only this tells the two apart. */
export function recordRoutes(server: FastifyInstance): void {
  const routes = new Map<string, KnownRoute>();
  (server as WithRoutes)[ROUTES] = routes;
  server.addHook('onRoute', ({ url, method }) => {
    // The preflights' own route stands at every address, and makes none of them known.
    if (url === '*' && method === 'OPTIONS') return;
    const known = routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() };
    for (const name of [method].flat()) known.methods.add(name.toUpperCase());
    routes.set(url, known);
  });
}

/** The methods that some route takes at this address, for `Allow` (RFC 9110, 10.2.1); none when the address is unknown. */
export function allowedMethods(server: FastifyInstance, url: string): string[] {
  const path = url.split('?', 1)[0] ?? '/';
  const methods = new Set<string>();
  for (const route of (server as WithRoutes)[ROUTES]?.values() ?? [])
    if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
  return [...methods].sort();
}

function toPattern(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) =>
      part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/');
  return new RegExp(`^${source}$`);
}
