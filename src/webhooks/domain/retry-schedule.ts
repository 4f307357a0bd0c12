const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds from a try to the next one: about three days in all. */
const PAUSES_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  20 * HOUR,
  28 * HOUR,
] as const;

/** Tries of one delivery before it is given up. */
export const MAX_TRIES = PAUSES_MS.length + 1;

const JITTER = 0.1;

/**
 * How long to wait after the try with this number (from 1), in milliseconds; undefined when it was the last. `chance` is in [0, 1): up to a
 * tenth is added or taken away, so that what failed together does not come back together.
 */
export function pauseAfter(tries: number, chance: number): number | undefined {
  const pause = PAUSES_MS[tries - 1];
  return pause === undefined ? undefined : Math.round(pause * (1 - JITTER + 2 * JITTER * chance));
}

const FAILURES_BEFORE_PAUSE = 3;
const LONGEST_PAUSE_MS = 30 * MINUTE;

/**
 * How long nothing at all is tried at an endpoint that has failed so often in a row, in milliseconds; 0 while that may be chance. Never
 * longer than the pause of a single delivery that has failed as often.
 */
export function endpointPause(failures: number): number {
  if (failures < FAILURES_BEFORE_PAUSE) return 0;
  return Math.min(30 * SECOND * 2 ** Math.min(failures - FAILURES_BEFORE_PAUSE, 10), LONGEST_PAUSE_MS);
}

const DISABLE_AFTER_MS = 5 * DAY;

/** Whether an endpoint has failed for so long, and as often as one delivery is tried, that it is not asked any more. */
export function isGivenUp(failures: number, failingSince: Date, now: Date): boolean {
  return failures >= MAX_TRIES && now.getTime() - failingSince.getTime() >= DISABLE_AFTER_MS;
}
