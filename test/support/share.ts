/**
 * Where thousands of requests differ by what one piece of code checks for all of them, every change is tried with a share of them, another
 * one each time. `TRY_ALL=1` tries each.
 * @param every so many-th is tried
 */
export function shareOf<T>(all: readonly T[], every: number): T[] {
  if (process.env['TRY_ALL'] === '1') return [...all];
  const first = turn++ % every;
  return all.filter((_, index) => index % every === first);
}

let turn = Math.floor(Math.random() * 1_000);
