import type { FastifyRequest } from 'fastify';
import type { ProblemParts } from './problem.js';

/** Characters of an address with its query; nothing of ours needs a quarter of it. */
const MAX_URL_LENGTH = 8 * 1024;
const MAX_PARAMETERS = 100;
/** Beside their size together, which Node's parser bounds (16 KiB). */
const MAX_HEADERS = 100;

/** Why a request is refused for its size before anything of it is read; undefined where it is not. The body has bounds of its own. */
export function outOfBounds({ url, raw }: Pick<FastifyRequest, 'url' | 'raw'>): ProblemParts | undefined {
  if (url.length > MAX_URL_LENGTH)
    return {
      status: 414,
      code: 'request.url_too_long',
      detail: `The address is longer than ${MAX_URL_LENGTH} characters.`,
    };
  if (raw.rawHeaders.length > MAX_HEADERS * 2)
    return {
      status: 431,
      code: 'request.too_many_headers',
      detail: `There are more than ${MAX_HEADERS} header fields.`,
    };
  const query = url.indexOf('?');
  if (query >= 0 && hasMoreThan(url, '&', query, MAX_PARAMETERS - 1))
    return {
      status: 400,
      code: 'request.too_many_parameters',
      detail: `The query has more than ${MAX_PARAMETERS} parameters.`,
    };
  return undefined;
}

function hasMoreThan(text: string, sign: string, from: number, most: number): boolean {
  let found = 0;
  for (let at = text.indexOf(sign, from); at >= 0; at = text.indexOf(sign, at + 1)) if (++found > most) return true;
  return false;
}
