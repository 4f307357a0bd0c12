import { randomBytes, randomUUID } from 'node:crypto';
import type { Answer } from '../support/api-client.js';
import type { Caller } from './callers.js';
import { pathParameters, type Operation } from './document.js';
import type { Asked } from './row.js';
import type { World } from './world.js';

export interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly [member: string]: unknown;
}

/** The address of the request. */
export function addressOf(operation: Operation, { params = {}, query = {} }: Asked): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === '') throw new Error(`The row of ${operation.id} gives no ${name}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** Sends the request as `caller`; what comes back is held against the document. */
export function send(world: World, operation: Operation, caller: Caller, asked: Asked): Promise<Answer<Problem>> {
  const bearer = asked.bearer ?? caller.bearer;
  const headers = { ...asked.headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) };
  return world.shop.guest.call<Problem>(operation.method, addressOf(operation, asked), asked.body, { headers });
}

/** Another value of the same shape that names nothing. */
export function nothingLike(value: string): string {
  if (/^[0-9a-f-]{36}$/i.test(value)) return randomUUID();
  if (/^[\w-]{22}$/.test(value)) return randomBytes(16).toString('base64url');
  return `nothing-${randomBytes(4).toString('hex')}`;
}

/** The same request with ids that nobody has. */
export function withMissingIds(operation: Operation, asked: Asked, only = pathParameters(operation.path)): Asked {
  const params = Object.entries(asked.params ?? {}).map(([name, value]) => [
    name,
    only.includes(name) ? nothingLike(value) : value,
  ]);
  return { ...asked, params: Object.fromEntries(params) as Record<string, string> };
}

/** What a caller can tell two refusals apart by: everything but what names the request itself. */
export function sayingOf({ status, json, headers }: Answer<Problem>): unknown {
  const { instance: _instance, requestId: _requestId, ...rest } = json ?? {};
  const names = [...headers.keys()].filter((name) => !['date', 'x-request-id', 'content-length'].includes(name));
  return { status, rest, names: names.sort() };
}

/** Runs `work` on each item, a few at a time. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
