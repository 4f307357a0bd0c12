/**
 * Which operations must have ended before each may begin. Sales of one stock code at one price may run side by side;
 * a sale at another price waits for all of them, so prices never mix and each stock code keeps the file's order.
 * A refund waits for its sale. Dependencies always point backwards, so there is no circle.
 * @type {typeof import('./index.mjs').dependencies}
 */
export function dependencies(operations) {
  /** @type {Map<string, { price: bigint, before: number[], now: number[] }>} */
  const prices = new Map();
  return operations.map((operation, index) => {
    if (operation.type === 'refund') return [operation.sale];
    const needed = new Set();
    for (const { sku, price } of operation.lines) {
      let span = prices.get(sku);
      if (!span) prices.set(sku, (span = { price, before: [], now: [] }));
      else if (span.price !== price) prices.set(sku, (span = { price, before: span.now, now: [] }));
      for (const earlier of span.before) needed.add(earlier);
      span.now.push(index);
    }
    return [...needed];
  });
}

/**
 * Runs numbered work, up to `concurrency` at a time and the lowest ready number first, each piece after its needs have
 * ended. Stops beginning new work at the first rejection and rejects with it once what is under way has ended.
 * @type {typeof import('./index.mjs').runOrdered}
 */
export function runOrdered(needs, concurrency, run) {
  const waiting = needs.map((list) => list.length);
  /** @type {number[][]} */
  const dependants = needs.map(() => []);
  for (const [index, list] of needs.entries()) for (const need of list) dependants[need]?.push(index);
  const ready = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  let active = 0;
  /** @type {{ error: unknown } | null} */
  let failure = null;

  return new Promise((resolve, reject) => {
    /** @param {number} index */
    const release = (index) => {
      for (const next of dependants[index] ?? []) if (--waiting[next] === 0) insertSorted(ready, next);
    };
    const pump = () => {
      while (!failure && active < concurrency && ready.length > 0) {
        const index = /** @type {number} */ (ready.shift());
        active += 1;
        run(index)
          .then(() => release(index))
          .catch((error) => (failure ??= { error }))
          .finally(() => {
            active -= 1;
            pump();
          });
      }
      if (active > 0) return;
      if (failure) reject(failure.error);
      else resolve();
    };
    pump();
  });
}

/** @param {number[]} sorted @param {number} value */
function insertSorted(sorted, value) {
  const at = sorted.findIndex((other) => other > value);
  sorted.splice(at === -1 ? sorted.length : at, 0, value);
}

/**
 * Independent work on each item, up to `concurrency` at a time.
 * @template T
 * @param {Iterable<T>} items
 * @param {number} concurrency
 * @param {(item: T) => Promise<unknown>} run
 */
export function eachOf(items, concurrency, run) {
  const list = [...items];
  return runOrdered(
    list.map(() => []),
    concurrency,
    (index) => run(/** @type {T} */ (list[index])),
  );
}
