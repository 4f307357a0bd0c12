/** An answer was not the right one. */
export class WrongAnswer extends Error {}

/** @param {boolean} right @param {string} what @param {{ status: number, text: string }} answer */
export function mustBe(right, what, answer) {
  if (!right) throw new WrongAnswer(`${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
}

/**
 * Asks and reads the answer's JSON.
 * @param {import('../http-client.mjs').HttpClient} client
 * @param {number} status the one that is right
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, headers?: Record<string, string> }} [options]
 */
export async function askJson(client, status, method, path, options) {
  const answer = await client.ask(method, path, options);
  mustBe(answer.status === status, `${method} ${path}`, answer);
  return { ...answer, json: JSON.parse(answer.text) };
}

/** Two different products of a list. @template T @param {() => number} random @param {readonly T[]} list @returns {[T, T]} */
export function pickTwo(random, list) {
  const first = Math.floor(random() * list.length);
  const step = 1 + Math.floor(random() * (list.length - 1));
  return [list[first], list[(first + step) % list.length]];
}

/** @param {readonly number[]} found @param {readonly number[]} expected */
export function sameNumbers(found, expected) {
  return found.length === expected.length && found.every((value, n) => value === expected[n]);
}

export const ADDRESS = {
  name: 'Ida Rhodes',
  line1: '4 Mill Lane',
  city: 'Whitby',
  postalCode: 'YO21 3PU',
  country: 'GB',
};
