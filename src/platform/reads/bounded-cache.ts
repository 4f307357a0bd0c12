interface Kept<V> {
  readonly value: V;
  readonly bytes: number;
  /** Since it was kept, or since it was spared last. */
  asked: boolean;
}

/** What the map itself needs for an entry, beside its key and value. */
const ENTRY_BYTES = 100;

/**
 * Values by key, as many as fit into a number of bytes. What was kept the longest gives way, unless it was asked for: then it is spared once, and comes last.
 * To put in order at each look would write the table of the map anew all the time.
 */
export class BoundedCache<V> {
  private readonly entries = new Map<string, Kept<V>>();
  private held = 0;

  /** @param maxBytes for keys and values together, as `set` is told their sizes */
  constructor(private readonly maxBytes: number) {}

  /** Bytes that are held now. */
  get bytes(): number {
    return this.held;
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    const kept = this.entries.get(key);
    if (!kept) return undefined;
    kept.asked = true;
    return kept.value;
  }

  /** Keeps the value, which takes `valueBytes`; one that takes more than all that may be held is not kept. */
  set(key: string, value: V, valueBytes: number): void {
    this.delete(key);
    const bytes = valueBytes + key.length * 2 + ENTRY_BYTES;
    if (bytes > this.maxBytes) return;
    this.entries.set(key, { value, bytes, asked: false });
    this.held += bytes;
    // A map keeps the order of insertion: the oldest is the first. What is spared comes up again, and is not spared twice.
    for (const [oldest, kept] of this.entries) {
      if (this.held <= this.maxBytes) return;
      if (kept.asked || oldest === key) this.spare(oldest, kept);
      else this.delete(oldest);
    }
  }

  delete(key: string): void {
    const kept = this.entries.get(key);
    if (!kept) return;
    this.entries.delete(key);
    this.held -= kept.bytes;
  }

  deleteWhere(isUseless: (value: V) => boolean): void {
    for (const [key, { value }] of this.entries) if (isUseless(value)) this.delete(key);
  }

  clear(): void {
    this.entries.clear();
    this.held = 0;
  }

  private spare(key: string, kept: Kept<V>): void {
    kept.asked = false;
    this.entries.delete(key);
    this.entries.set(key, kept);
  }
}
