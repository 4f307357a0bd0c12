import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as carts from '../proofs/races/cart-races.js';
import * as keys from '../proofs/races/key-races.js';
import * as captures from '../proofs/races/capture-races.js';
import * as money from '../proofs/races/money-races.js';
import * as parcels from '../proofs/races/parcel-races.js';
import * as stock from '../proofs/races/stock-races.js';
import { ProofShop } from '../proofs/support/proof-shop.js';
import { seededRandom } from '../proofs/support/random.js';
import { sizeOf } from '../proofs/support/sizes.js';

/**
 * The attacks of "ACIDRain: Concurrency-Related Attacks on Database-Backed Web Applications" (Warszawski and Bailis, SIGMOD 2017),
 * rebuilt for our routes: calls that are right one after the other, made at the same moment to several processes.
 * `PROOF_ROUNDS` times each.
 */
const ROUNDS = sizeOf('PROOF_ROUNDS', 3);
const PROCESSES = sizeOf('PROOF_PROCESSES', 2);

const random = seededRandom('races');

/** With money that is taken with the order, and with money that is set aside until staff take it. */
const SHOPS = [
  ['automatic', { ...stock, ...carts, ...money, ...keys, ...parcels }],
  ['manual', captures],
] as const;

describe.each(SHOPS)('with PAYMENT_CAPTURE=%s', (capture, attacks) => {
  let shop: ProofShop;

  beforeAll(async () => {
    shop = await ProofShop.start({ processes: PROCESSES, random, env: { PAYMENT_CAPTURE: capture } });
  }, 60_000);

  afterAll(async () => {
    await shop.stop();
  });

  it("run at the database's default isolation, which is read committed", async () => {
    expect(await shop.sql('show default_transaction_isolation')).toEqual([
      { default_transaction_isolation: 'read committed' },
    ]);
  });

  it.each(Object.entries(attacks).map(([name, attack]) => [inWords(name), attack] as const))(
    '%s',
    async (_name, attack) => {
      for (let round = 1; round <= ROUNDS; round++) {
        await attack(shop);
        await shop.expectSound();
      }
    },
    10_000 + ROUNDS * 10_000,
  );

  it('leave nothing open and nothing wrong', async () => {
    await shop.settled();
    await shop.expectSound();
  }, 60_000);
});

/** `lastUnit` as "last unit". */
function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
