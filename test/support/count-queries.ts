import type { Answer } from './api-client.js';

/** How many statements the answer took, as a server with SERVER_TIMING=on tells. */
export function queriesOf(answer: Pick<Answer<unknown>, 'headers'>): number {
  const header = answer.headers.get('server-timing') ?? '';
  const count = /desc="(\d+) quer/.exec(header)?.[1];
  if (count === undefined) throw new Error(`The answer does not tell its queries: "${header}"`);
  return Number(count);
}
