import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * Of the young generation: two halves of 4 MB, a quarter of what V8 would take. Halves of 8 MB gain a checkout a twentieth of its time, and everything
 * else nothing, for 15 MB more under load.
 */
const YOUNG_BYTES = 8 * 1024 * 1024;
/** How much the old generation may grow over what lived after the last collection; V8's own answer is up to four times as much. */
const GROWTH_PERCENT = 20;
const BUFFER_BYTES = 128 * 1024 * 1024;
/** Enough to fill the first, smallest young generation many times. */
const MOST_STEPS = 10_000;
/** Too short to double what has just come to its size, unless nearly all that is made lives: as much as it has room for lives through collections first. */
const LOOK_MS = 50;

/**
 * Keeps the young generation small, however the process was started: V8 trades memory for fewer collections, and far beyond what this
 * value costs. It reads `--max-semi-space-size` before the first line of a program runs, but asks for each step of growth: so the young generation is
 * made to take a few steps, to its size, and told to take no other. In a lull V8 makes it small again, and whenever a thread is started lets it grow
 * without end, so that it is looked at now and then.
 */
export function keepYoungSmall(): void {
  letYoungGrow(true);
  const survivors: number[][] = [];
  for (let step = 0; step < MOST_STEPS && youngBytes() < YOUNG_BYTES; step++)
    survivors.push(new Array<number>(500).fill(step));
  letYoungGrow(false);
  setInterval(() => letYoungGrow(youngBytes() < YOUNG_BYTES), LOOK_MS).unref();
}

function letYoungGrow(grows: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`);
}

/**
 * Keeps the old generation close to what lives. Not before the start is over: while little lives yet, it would be collected again and again. V8
 * reckons with the percentage at each full collection, and would be in no hurry for the first, so that one is asked for, in a moment: it
 * takes some 60 ms.
 *
 * @param afterMs milliseconds until then
 */
export function keepOldSmall(afterMs: number): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setTimeout(collect, afterMs).unref();
}

/** V8 collects when buffers outside its heap have grown by 64 MB, and memory that nobody has written to is none yet. */
function collect(): void {
  try {
    void new ArrayBuffer(BUFFER_BYTES);
  } catch {
    // Where the system promises no such memory V8 has collected before it gave up.
  }
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? YOUNG_BYTES;
}
