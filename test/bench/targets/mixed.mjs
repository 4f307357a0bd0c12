/** What a shop's visitors do, in percent. */
const SHARES = { list: 60, detail: 15, search: 10, cart: 12, checkout: 3 };

/** The scenarios of a target with the mixture of them. @template {Record<string, Function>} S @param {S} scenarios */
export function withMixed(scenarios) {
  const drawn = Object.entries(SHARES).flatMap(([name, share]) => Array.from({ length: share }, () => scenarios[name]));
  return { ...scenarios, mixed: (client, random) => drawn[Math.floor(random() * drawn.length)](client, random) };
}
