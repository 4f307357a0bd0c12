import type { Limit, LimitState } from './limit.js';
import { hashKey, storedKey, type Tally } from './limit-store.js';

/** The count of one key in its present window. */
interface Count {
  readonly limit: Limit;
  readonly key: string;
  /** Where in time its windows begin: not all at the same moment, or all clients would come back at once. */
  readonly phaseMs: number;
  endsAt: number;
  /** What the store has told last, this process's share included. */
  known: number;
  /** What this process has counted since. */
  pending: number;
}

/** A tally with the count that it was taken from. */
export interface DueTally extends Tally {
  readonly count: Count;
}

/**
 * Counts requests in this process's memory, in fixed windows that all processes see alike, and says what is to be told to the store. A count
 * is told when it has grown by a fiftieth of its limit, so that ordinary clients cost the store nothing; what P processes let
 * through beyond a limit is therefore at most (P − 1) × (a fiftieth of it + what one of them takes in between two exchanges).
 *
 * Memory is bounded: beyond `maxKeys` the oldest count is given up, which at worst forgives its client what it has asked for.
 */
export class WindowCounters {
  private readonly counts = new Map<string, Count>();
  private readonly due = new Set<Count>();

  constructor(private readonly maxKeys: number) {}

  /** How many keys are counted now. */
  get size(): number {
    return this.counts.size;
  }

  /** Counts one request, unless it is one too many: what is refused costs nothing. */
  take(limit: Limit, key: string, nowMs: number): LimitState {
    const count = this.find(limit, key, nowMs);
    const exceeded = count.known + count.pending >= limit.points;
    if (!exceeded) this.change(count, 1);
    return stateOf(count, exceeded, nowMs);
  }

  /** Takes the count of one request back. */
  giveBack(limit: Limit, key: string, nowMs: number): void {
    const count = this.find(limit, key, nowMs);
    if (count.known + count.pending > 0) this.change(count, -1);
  }

  /** What the store is to be told, at most `most` of it; hand it to `settle` afterwards. What is not settled comes again. */
  takeDue(most: number, nowMs: number): DueTally[] {
    const tallies: DueTally[] = [];
    for (const count of this.due) {
      if (tallies.length >= most) break;
      this.due.delete(count);
      if (count.endsAt > nowMs && count.pending !== 0)
        tallies.push({ key: count.key, points: count.pending, endsAt: count.endsAt, count });
    }
    return tallies;
  }

  /** Notes that the store has them, with the total that it told for each. */
  settle(tallies: readonly DueTally[], totals: readonly number[]): void {
    tallies.forEach(({ count, points, endsAt }, index) => {
      if (count.endsAt !== endsAt) return;
      count.known = totals[index] ?? count.known;
      count.pending -= points;
      this.noteDue(count);
    });
  }

  /** Notes that the store could not be told. */
  keep(tallies: readonly DueTally[]): void {
    for (const { count } of tallies) this.due.add(count);
  }

  /** Forgets windows that have ended. */
  sweep(nowMs: number): void {
    for (const [key, { endsAt }] of this.counts) if (endsAt <= nowMs) this.counts.delete(key);
  }

  private find(limit: Limit, key: string, nowMs: number): Count {
    const name = `${limit.name} ${key}`;
    const known = this.counts.get(name);
    if (known) {
      if (known.endsAt <= nowMs) restart(known, nowMs);
      return known;
    }
    if (this.counts.size >= this.maxKeys) this.giveUpOldest();
    const hash = hashKey(key);
    const phaseMs = Buffer.from(hash, 'base64url').readUInt32BE();
    const count = { limit, key: storedKey(limit, hash), phaseMs, endsAt: 0, known: 0, pending: 0 };
    restart(count, nowMs);
    this.counts.set(name, count);
    return count;
  }

  private giveUpOldest(): void {
    for (const [name, count] of this.counts) {
      this.counts.delete(name);
      this.due.delete(count);
      return;
    }
  }

  private change(count: Count, points: 1 | -1): void {
    count.pending += points;
    this.noteDue(count);
  }

  private noteDue(count: Count): void {
    const { limit, known, pending } = count;
    const full = pending > 0 && known + pending >= limit.points;
    if (full || Math.abs(pending) >= Math.max(1, Math.floor(limit.points / 50))) this.due.add(count);
  }
}

function restart(count: Count, nowMs: number): void {
  const windowMs = count.limit.windowSeconds * 1000;
  const phaseMs = count.phaseMs % windowMs;
  count.endsAt = (Math.floor((nowMs - phaseMs) / windowMs) + 1) * windowMs + phaseMs;
  count.known = 0;
  count.pending = 0;
}

function stateOf({ limit, known, pending, endsAt }: Count, exceeded: boolean, nowMs: number): LimitState {
  return {
    limit,
    exceeded,
    remaining: Math.max(0, limit.points - known - pending),
    resetSeconds: Math.max(1, Math.ceil((endsAt - nowMs) / 1000)),
  };
}
