import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { ApiProblems } from '../http/problem.decorators.js';
import { GUEST, type Actor, type SignedIn } from './actor.js';
import type { Permission } from './permissions.js';

/** What a route demands of its caller. The global guard refuses a route that says none of these. */
export type Access =
  | { readonly kind: 'public'; readonly ignoresBearer: boolean }
  | { readonly kind: 'authenticated'; readonly apiKeys: boolean }
  | { readonly kind: 'capability'; readonly holds: string }
  | { readonly kind: 'permission'; readonly permission: Permission };

export const ACCESS = 'backroom:access';

/** The OpenAPI security scheme of API keys (see openapi.ts); that of sessions is Nest's `bearer`. */
export const API_KEY_SCHEME = 'apiKey';

/** Told in the document: this may be done with a session's token or with an API key. */
const ApiSessionOrKey = () => applyDecorators(ApiBearerAuth(), ApiSecurity(API_KEY_SCHEME));

/** Any route may be limited, and refused while there is too much to do or the database is away. */
const ApiAnytime = () => ApiProblems(429, 503);

/** Open to everyone. A bearer that is sent must still be valid, but for the sign-in routes (`ignoresBearer`). */
export const Public = (options: { ignoresBearer?: boolean } = {}) =>
  applyDecorators(
    SetMetadata<string, Access>(ACCESS, { kind: 'public', ignoresBearer: options.ignoresBearer ?? false }),
    ApiExtension('x-access', 'public'),
    ApiAnytime(),
    ...(options.ignoresBearer ? [ApiSecurity({})] : [ApiSecurity({}), ApiSessionOrKey(), ApiProblems(401)]),
  );

/**
 * Any signed-in user; the use case sees to it that it is the user's own. An API key may do so only where that is said: what concerns the
 * account itself (its password, its sessions, its keys) is for the person alone.
 */
export const Authenticated = (options: { apiKeys?: boolean } = {}) =>
  applyDecorators(
    SetMetadata<string, Access>(ACCESS, { kind: 'authenticated', apiKeys: options.apiKeys ?? false }),
    ApiExtension('x-access', 'authenticated'),
    ApiAnytime(),
    ...(options.apiKeys ? [ApiSessionOrKey(), ApiProblems(401)] : [ApiBearerAuth(), ApiProblems(401, 403)]),
  );

/**
 * Whoever holds `what` (a guest's cart id, an order's token), its owner, or staff with the permission that the use
 * case asks for. The use case checks; the guard only lets guests through.
 */
export const Capability = (what: string) =>
  applyDecorators(
    SetMetadata<string, Access>(ACCESS, { kind: 'capability', holds: what }),
    ApiExtension('x-access', `capability: ${what}`),
    ApiAnytime(),
    ApiSecurity({}),
    ApiSessionOrKey(),
    ApiProblems(401, 404),
  );

/** Signed-in users whose roles hold the permission, and API keys that were made for it by one whose roles still do. */
export const RequirePermission = (permission: Permission) =>
  applyDecorators(
    SetMetadata<string, Access>(ACCESS, { kind: 'permission', permission }),
    ApiExtension('x-access', permission),
    ApiAnytime(),
    ApiSessionOrKey(),
    ApiProblems(401, 403),
  );

/**
 * What permissions open on a route beyond what it demands of everybody, such as other people's orders: for the documents
 * and for the test that tries every route as every kind of caller. The use case is what checks.
 */
export const AlsoOpens = (opens: Partial<Record<Permission, string>>) => ApiExtension('x-access-more', opens);

interface RequestWithActor {
  actor?: Actor;
}

/** Where the guard leaves the caller. */
export function setActor(request: object, actor: Actor): void {
  (request as RequestWithActor).actor = actor;
}

/** The caller as the guard found them; undefined before it did, and where no route was found. */
export function actorOf(request: object): Actor | undefined {
  return (request as RequestWithActor).actor;
}

/** The caller, a guest where nobody has signed in. */
export const CurrentActor = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor =>
    context.switchToHttp().getRequest<RequestWithActor>().actor ?? GUEST,
);

/** The signed-in caller, on routes that demand one. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): SignedIn => {
  const { actor } = context.switchToHttp().getRequest<RequestWithActor>();
  if (actor?.kind !== 'user') throw new Error('@CurrentUser needs a route that demands a signed-in user');
  return actor;
});
