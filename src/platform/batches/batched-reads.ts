import { BatchedCalls } from './batched-calls.js';

/**
 * Reads by key, those together that are asked for at the same moment, and a key that several ask for once. Nothing is kept: each read is
 * answered by a statement that began after it was asked for. Who asks for a key that somebody waits for already shares that one's patience, too.
 */
export class BatchedReads<V> {
  /** What is asked for by no statement yet. */
  private readonly asked = new Map<string, Promise<V | undefined>>();
  private readonly calls: BatchedCalls<string, V | undefined>;

  /** @param read finds the values of some keys, those that there are */
  constructor(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>) {
    this.calls = new BatchedCalls(async (keys) => {
      for (const key of keys) this.asked.delete(key);
      const found = await read(keys);
      return keys.map((key) => found.get(key));
    });
  }

  /** The key's value; undefined where there is none. @throws whatever `read` throws of this key, or of all when the database is away */
  get(key: string): Promise<V | undefined> {
    const present = this.asked.get(key);
    if (present) return present;
    const value = this.calls.call(key);
    this.asked.set(key, value);
    // One that was sent away before its statement began is not to be found any more.
    value.catch(() => {
      if (this.asked.get(key) === value) this.asked.delete(key);
    });
    return value;
  }
}
