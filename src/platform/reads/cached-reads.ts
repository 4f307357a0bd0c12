import { performance } from 'node:perf_hooks';
import { BoundedCache } from './bounded-cache.js';

export interface CacheOptions<V> {
  readonly maxBytes: number;
  /**
   * How old a value may be when it is given out, counted from when its reading began; or for how long the word holds that all changes until then have been
   * told of (`confirm`).
   */
  readonly maxAgeMs: number;
  readonly bytesOf: (value: V) => number;
  /** What the value tells of, so far as `forget` may name it. */
  readonly subjectsOf: (value: V) => readonly string[];
  /** Milliseconds of a clock that does not jump. */
  readonly now?: () => number;
}

interface Kept<V> {
  readonly value: V;
  readonly subjects: readonly string[];
  readonly begun: Moment;
}

/** When a reading began: by the clock, and by the changes that had been heard of by then. */
interface Moment {
  readonly at: number;
  readonly changes: number;
  readonly lot: number;
}

interface Reading<V> {
  readonly begun: Moment;
  readonly promise: Promise<V>;
}

/** Subjects that have changed, before what is kept is looked through for them. */
const LOT = 1_000;
/** While nobody asks nothing is confirmed, and what is kept stays for so long. */
const LAPSE_MS = 60_000;

/**
 * Values by key, each read once for all who ask meanwhile, for as long as somebody confirms that all changes have been told of, and else for a moment.
 * What was forgotten is given out no more: neither what is kept, nor what is just being read, since that may have begun before the change.
 */
export class CachedReads<V> {
  hits = 0;
  misses = 0;
  private readonly kept: BoundedCache<Kept<V>>;
  private readonly readings = new Map<string, Reading<V>>();
  private readonly now: () => number;
  private changes = 0;
  private allChanged = 0;
  /** Subjects by their last change, of this lot and the one before. What is kept has been looked through for all older ones. */
  private changed = new Map<string, number>();
  private changedBefore = new Map<string, number>();
  private lot = 0;
  private confirmedAt = Number.NEGATIVE_INFINITY;
  private sweptAt = 0;

  constructor(private readonly options: CacheOptions<V>) {
    this.kept = new BoundedCache(options.maxBytes);
    this.now = options.now ?? (() => performance.now());
  }

  get bytes(): number {
    return this.kept.bytes;
  }

  /** @param load reads the value; what it throws reaches all who wait, and is not kept */
  read(key: string, load: () => Promise<V>): V | Promise<V> {
    const kept = this.kept.get(key);
    if (kept && this.isGood(kept)) {
      this.hits++;
      return kept.value;
    }
    const reading = this.readings.get(key);
    if (reading) {
      this.hits++;
      return reading.promise;
    }
    this.misses++;
    return this.begin(key, load).promise;
  }

  /** Everything may have changed. */
  forgetAll(): void {
    this.allChanged = ++this.changes;
    this.kept.clear();
    this.readings.clear();
  }

  /** These subjects have changed. */
  forget(subjects: readonly string[]): void {
    const change = ++this.changes;
    for (const subject of subjects) this.changed.set(subject, change);
    this.readings.clear();
    if (this.changed.size >= LOT) this.beginLot();
  }

  /** All that changed before that moment has been told of. @param at by the clock of `now` */
  confirm(at: number): void {
    this.confirmedAt = Math.max(this.confirmedAt, at);
  }

  private beginLot(): void {
    this.kept.deleteWhere(({ begun, subjects }) => this.hasChanged(subjects, begun));
    this.changedBefore = this.changed;
    this.changed = new Map();
    this.lot++;
  }

  private begin(key: string, load: () => Promise<V>): Reading<V> {
    const begun = { at: this.now(), changes: this.changes, lot: this.lot };
    const promise = load().then(
      (value) => {
        const kept = { value, subjects: this.options.subjectsOf(value), begun };
        this.sweep();
        if (this.isGood(kept) && begun.lot >= this.lot - 1) this.kept.set(key, kept, this.options.bytesOf(value));
        this.end(key, begun);
        return value;
      },
      (error: unknown) => {
        this.end(key, begun);
        throw error;
      },
    );
    const reading = { begun, promise };
    this.readings.set(key, reading);
    return reading;
  }

  /** What is too old to be given out, and nobody will confirm, would otherwise stay until there is no more room. */
  private sweep(): void {
    const now = this.now();
    if (now - this.sweptAt < this.options.maxAgeMs || now - this.confirmedAt < LAPSE_MS) return;
    this.sweptAt = now;
    this.kept.deleteWhere(({ begun }) => now - begun.at >= this.options.maxAgeMs);
  }

  private end(key: string, begun: Moment): void {
    if (this.readings.get(key)?.begun === begun) this.readings.delete(key);
  }

  private isGood({ begun, subjects }: Kept<V>): boolean {
    if (begun.changes < this.allChanged) return false;
    const oldest = this.now() - this.options.maxAgeMs;
    if (begun.at <= oldest && this.confirmedAt <= oldest) return false;
    return !this.hasChanged(subjects, begun);
  }

  private hasChanged(subjects: readonly string[], begun: Moment): boolean {
    return subjects.some((subject) => this.lastChange(subject) > begun.changes);
  }

  private lastChange(subject: string): number {
    return this.changed.get(subject) ?? this.changedBefore.get(subject) ?? 0;
  }
}
