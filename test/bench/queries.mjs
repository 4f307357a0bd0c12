/** The queries that requests wait for, as the shop itself tells with SERVER_TIMING=on: those of jobs are not among them. */
import { seededRandom } from './random.mjs';
import { withClientOf } from './turn.mjs';

const TIMES = 3;
/** A mixture has no number of its own. */
const UNCOUNTED = 'mixed';

/**
 * @param {import('./turn.mjs').Target} shop one that was started with SERVER_TIMING=on
 * @param {string[]} scenarios
 * @returns {Promise<Record<string, number>>} queries of one iteration; nothing of those whose answers do not tell
 */
export function countQueries(shop, scenarios) {
  return withClientOf(shop, 1, async (client) => {
    const random = seededRandom(1);
    const counts = {};
    for (const scenario of scenarios.filter((name) => name !== UNCOUNTED)) {
      const counting = new CountingClient(client);
      for (let n = 0; n < TIMES; n += 1) await shop.scenarios[scenario](counting, random);
      if (!Number.isNaN(counting.queries)) counts[scenario] = counting.queries / TIMES;
    }
    return counts;
  });
}

class CountingClient {
  /** Not a number when an answer did not tell. */
  queries = 0;
  #client;

  constructor(client) {
    this.#client = client;
  }

  async ask(method, path, options) {
    const answer = await this.#client.ask(method, path, options);
    this.queries += Number(/\r\nserver-timing:.*desc="(\d+) quer/i.exec(answer.head)?.[1] ?? NaN);
    return answer;
  }
}
