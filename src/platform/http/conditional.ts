import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { AppError, StaleVersionError } from '../errors/index.js';

/** `"<version>-<hash>"`: the version for If-Match, the hash of the whole answer for If-None-Match. */
export function entityTag(version: number, text: string): string {
  return `"${version}-${hash('sha1', text, 'base64url').slice(0, 16)}"`;
}

/** RFC 9110, 13.1.2: weak comparison, `*` matches anything that exists. */
export function noneMatch(header: string | undefined, tag: string): boolean {
  if (header === undefined) return true;
  return !header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === tag);
}

/** The versions that If-Match accepts; undefined where any will do. */
export type ExpectedVersions = readonly number[] | undefined;

/**
 * RFC 9110, 13.1.1, by version: the rest of the tag is passed over, since a resource may look different (a price, a
 * stock) without having been changed. A weak tag never matches.
 * @throws AppError `request.if_match_malformed` (400)
 */
export function parseIfMatch(header: string | undefined): ExpectedVersions {
  if (header === undefined || header.trim() === '*') return undefined;
  const versions: number[] = [];
  for (const part of header.split(',')) {
    const tag = /^\s*(W\/)?"([^"]*)"\s*$/.exec(part);
    if (!tag)
      throw new AppError('malformed', 'request.if_match_malformed', 'If-Match must hold entity tags in quotes.');
    const version = /^(\d{1,9})(?:-|$)/.exec(tag[2] ?? '');
    if (!tag[1] && version) versions.push(Number(version[1]));
  }
  return versions;
}

/** @throws StaleVersionError (412) when `If-Match` named versions and this is none of them. */
export function requireVersion(expected: ExpectedVersions, version: number): void {
  if (expected !== undefined && !expected.includes(version)) throw new StaleVersionError();
}

/** The versions named by the request's `If-Match`. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): ExpectedVersions =>
  parseIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);
