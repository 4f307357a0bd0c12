/** The two ways to put a target under load. Times are in milliseconds. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** So that a broken target is not asked in a tight loop. */
const AFTER_ERROR_MS = 20;
const MOST_LONGER_MS = 20_000;

/**
 * @typedef {(random: () => number) => Promise<void>} Iteration throws when an answer was not the right one
 * @typedef {{ iterations: number, seconds: number, perSecond: number, p50: number, p99: number, errors: number, firstError?: string }} Load
 */

/**
 * Closed loop: so many workers, each of which asks again as soon as it was answered. It finds the most that a target can do.
 * @param {{ iterate: Iteration, random: () => number, workers: number, warmUpMs: number, ms: number, onBegin?: () => void, onEnd?: () => void }} options
 *   `onBegin` and `onEnd` enclose what is counted
 * @returns {Promise<Load>}
 */
export async function closedLoop({ iterate, random, workers, warmUpMs, ms, onBegin, onEnd }) {
  const tally = new Tally();
  let counting = false;
  let over = false;
  const work = async () => {
    while (!over) {
      const began = performance.now();
      const failure = await attempt(iterate, random);
      // What was begun before the end counts with its time, not as done within the time.
      if (counting) tally.add(performance.now() - began, failure, !over);
      if (failure) await sleep(AFTER_ERROR_MS);
    }
  };
  const working = Array.from({ length: workers }, work);
  await sleep(warmUpMs);
  counting = true;
  onBegin?.();
  const began = performance.now();
  await sleep(ms);
  // A target so slow that hardly anything was finished gets more time, or its figures would say nothing.
  while (tally.iterations < workers && performance.now() - began < ms + MOST_LONGER_MS) await sleep(50);
  const seconds = (performance.now() - began) / 1_000;
  over = true;
  onEnd?.();
  await Promise.all(working);
  return tally.result(seconds);
}

/**
 * Open loop: iterations begin at times that were fixed ahead, as customers come whether the server is slow or not. Time is counted from when an
 * iteration should have begun, so that a stall shows in all those that had to wait for its end.
 * @param {{ iterate: Iteration, random: () => number, perSecond: number, ms: number }} options
 * @returns {Promise<Load>}
 */
export async function openLoop({ iterate, random, perSecond, ms }) {
  const tally = new Tally();
  const arrivals = arrivalTimes(random, perSecond, ms);
  const running = [];
  const start = performance.now();
  for (let next = 0; next < arrivals.length; await sleep(Math.max(0, arrivals[next] - (performance.now() - start)))) {
    for (; next < arrivals.length && arrivals[next] <= performance.now() - start; next += 1) {
      const due = start + arrivals[next];
      running.push(attempt(iterate, random).then((failure) => tally.add(performance.now() - due, failure, true)));
    }
    if (next >= arrivals.length) break;
  }
  await Promise.all(running);
  return tally.result(ms / 1_000);
}

/** Times of a Poisson process, as of customers who know nothing of each other; one at least. */
function arrivalTimes(random, perSecond, ms) {
  const times = [];
  for (let at = 0; ; times.push(at)) {
    at += (-Math.log(1 - random()) / perSecond) * 1_000;
    if (at >= ms) return times.length > 0 ? times : [0];
  }
}

async function attempt(iterate, random) {
  try {
    await iterate(random);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

class Tally {
  /** Those that were done within the time. */
  iterations = 0;
  #times = [];
  #errors = 0;
  #firstError;

  add(time, failure, inTime) {
    if (failure) {
      this.#errors += 1;
      this.#firstError ??= failure.message;
      return;
    }
    this.#times.push(time);
    if (inTime) this.iterations += 1;
  }

  /** @returns {Load} */
  result(seconds) {
    const times = Float64Array.from(this.#times).sort();
    return {
      iterations: this.iterations,
      seconds,
      perSecond: this.iterations / seconds,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      errors: this.#errors,
      ...(this.#firstError !== undefined && { firstError: this.#firstError }),
    };
  }
}

/** The nearest-rank quantile of sorted numbers; 0 of none. */
export function quantile(sorted, share) {
  return sorted.length === 0 ? 0 : sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
}
