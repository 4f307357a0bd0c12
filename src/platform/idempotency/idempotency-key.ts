import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/index.js';

/**
 * The key of `Idempotency-Key`, quoted as a structured-field string (draft-ietf-httpapi-idempotency-key-header) or bare.
 * @throws AppError `idempotency.key_malformed` (400)
 */
export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = Array.isArray(header) ? header.join(',') : header;
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text.trim());
  const key = quoted ? (quoted[1] ?? '').replaceAll(/\\(["\\])/g, '$1') : text.trim();
  if (key.length < 1 || key.length > 255 || !/^[\x20-\x7e]+$/.test(key))
    throw new AppError(
      'malformed',
      'idempotency.key_malformed',
      'Idempotency-Key must be 1 to 255 printable ASCII characters.',
    );
  return key;
}

const UNGUESSABLE_LENGTH = 22;
const UNGUESSABLE_CHARACTERS = 5;

/**
 * Whether a key is long and varied enough that nobody hits on it by chance or guess: a random UUID, or 128 bits in any usual form. Asked of
 * the keys of callers who hold nothing else to bind them to, since whoever repeats such a key gets the answer it stands for.
 */
export function isUnguessable(key: string): boolean {
  return key.length >= UNGUESSABLE_LENGTH && new Set(key).size >= UNGUESSABLE_CHARACTERS;
}

/** The request's idempotency key, or undefined. Pair it with `@ApiIdempotencyKey()`. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined =>
  parseIdempotencyKey(context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key']),
);

export const ApiIdempotencyKey = () =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'The same key with the same body answers the same result for at least 24 hours, also after a crash. Quoted or bare, 1 to 255 printable ASCII characters.',
      schema: { type: 'string', maxLength: 300 },
      example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
    }),
  );
