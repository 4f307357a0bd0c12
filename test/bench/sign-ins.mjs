/** Whether people who sign in slow down those who browse: passwords cost CPU by design. */
import { verify, hash } from '@node-rs/argon2';
import { setTimeout as sleep } from 'node:timers/promises';
import { closedLoop, median, openLoop } from './load.mjs';
import { seededRandom } from './random.mjs';
import { withClientOf } from './turn.mjs';

/** More at once than the shop hashes at once, so that it is at its bound all the time. */
const SIGNING_IN = 8;
const HEAD_START_MS = 500;
const ARGON2ID = { algorithm: 2, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/**
 * Lists at a quarter of their most, alone and beside sign-ins, turn by turn.
 * @param {import('./turn.mjs').Target} shop
 * @param {{ connections: number, seconds: number, turns: number, listPerSecond: number }} options
 */
export async function listBesideSignIns(shop, { connections, seconds, turns, listPerSecond }) {
  const alone = [];
  const beside = [];
  const signIns = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const list = () =>
      withClientOf(shop, connections, (client) =>
        openLoop({
          iterate: (random) => shop.scenarios.list(client, random),
          random: seededRandom(turn + 1),
          perSecond: Math.max(1, listPerSecond / 4),
          ms: seconds * 1_000,
        }),
      );
    alone.push(await list());
    const [disturbed, disturbing] = await Promise.all([sleep(HEAD_START_MS).then(list), signIn(shop, seconds * 1_000)]);
    beside.push(disturbed);
    signIns.push(disturbing);
  }
  const middle = (loads, name) => median(loads.map((load) => load[name]));
  const all = [...alone, ...beside, ...signIns];
  return {
    asked: listPerSecond / 4,
    aloneP50: middle(alone, 'p50'),
    aloneP99: middle(alone, 'p99'),
    besideP50: middle(beside, 'p50'),
    besideP99: middle(beside, 'p99'),
    signInsPerSecond: middle(signIns, 'perSecond'),
    errors: all.reduce((sum, { errors }) => sum + errors, 0),
    firstError: all.find(({ firstError }) => firstError)?.firstError,
  };
}

function signIn(shop, ms) {
  return withClientOf(shop, SIGNING_IN, (client) =>
    closedLoop({
      iterate: (random) => shop.scenarios.login(client, random),
      random: seededRandom(1),
      workers: SIGNING_IN,
      warmUpMs: HEAD_START_MS,
      ms,
    }),
  );
}

/** CPU milliseconds of checking one password, two at a time as the shop does. @param {number} ms */
export async function passwordCpuMs(ms) {
  const known = await hash('Bellows-Cinder-Hollow-12', ARGON2ID);
  const before = process.cpuUsage();
  const { iterations } = await closedLoop({
    iterate: async () => void (await verify(known, 'Bellows-Cinder-Hollow-12')),
    random: Math.random,
    workers: 2,
    warmUpMs: 0,
    ms,
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / iterations;
}
