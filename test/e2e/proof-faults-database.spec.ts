import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { buyAtOnce } from '../proofs/faults/buyers.js';
import { EmbeddedShop } from '../proofs/faults/embedded-shop.js';
import { SmallDisk } from '../proofs/faults/small-disk.js';
import type { PlainAnswer } from '../proofs/support/patient-client.js';
import { sizeOf } from '../proofs/support/sizes.js';

/**
 * Faults of the database that the shop brings along: killed, and on a disk without room. The shop's own process lives on, answers 503
 * meanwhile, and serves again by itself. `PROOF_ROUNDS` times each, `PROOF_BUYERS` at once.
 */
const ROUNDS = sizeOf('PROOF_ROUNDS', 1);
const BUYERS = sizeOf('PROOF_BUYERS', 6);
/** What a new database needs, and some forty more. */
const DISK_MEGABYTES = 128;
/** No answer may take longer than a request is given. */
const ANSWER_MS = 30_000;
const BACK_MS = 30_000;
/** Within this a shop that writes all the time has come to the end of what its database had kept in hand. */
const REFUSED_MS = 45_000;

let shop: EmbeddedShop;
const bought: PlainAnswer[] = [];

beforeAll(async () => {
  shop = await EmbeddedShop.start(DISK_MEGABYTES);
}, 60_000);
afterAll(async () => {
  await shop.stop();
}, 60_000);

/** Every answer was one that a client can use, and the process is still the first one. */
function expectClear(): void {
  const { client, server } = shop;
  expect(client.faults.splice(0)).toEqual([]);
  expect(client.met.noAnswer).toBe(0);
  expect(client.takeLongestMs()).toBeLessThan(ANSWER_MS);
  expect(server.output.split('\n').filter((line) => line.includes('unexpected error'))).toEqual([]);
  expect(server.output.match(/Backroom is ready/g)).toHaveLength(1);
}

const buy = (count = BUYERS) => buyAtOnce({ client: shop.client, variantId: shop.variantId, count });

const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);

describe.each(rounds)('the database of the shop, round %i,', () => {
  it('killed under its buyers, is started again, and nothing is lost', async () => {
    const before = shop.postmaster;
    const buying = buy(2 * BUYERS);
    await sleep(150);
    process.kill(before ?? 0, 'SIGKILL');
    expect(await shop.health('live')).toBe(200);
    bought.push(...(await buying));
    await shop.readyWithin(BACK_MS);
    expect(shop.postmaster).not.toBe(before);
    bought.push(...(await buy()));
    expectClear();
    expect(await shop.expectSound(bought)).toBe(bought.length);
  }, 90_000);

  it('on a full disk, answers what it cannot do with 503, and serves again when there is room', async () => {
    const { disk, client } = shop;
    if (!(disk instanceof SmallDisk)) {
      process.stderr.write(`The full disk was not tried: ${disk}.\n`);
      return;
    }
    bought.push(...(await buy()));
    const full = disk.keepFull();
    const buying = buy();
    const refused = await shop.firstRefusal(REFUSED_MS);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await shop.health('live')).toBe(200);
    // Long enough for the database to be started again in vain.
    await sleep(3_000);
    expect(await shop.health('live')).toBe(200);
    full.end();
    disk.makeRoom();
    await shop.readyWithin(BACK_MS);
    bought.push(...(await buying), ...(await buy()));
    expect(client.met.noAnswer).toBe(0);
    expectClear();
    expect(await shop.expectSound(bought)).toBe(bought.length);
  }, 120_000);
});
