import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Clock } from '../time/index.js';
import { countedAddress } from './client-address.js';
import type { Limit, LimitState } from './limit.js';
import { LIMIT_STORE, type LimitStore } from './limit-store.js';
import { StoreWatch } from './store-watch.js';
import { WindowCounters } from './window-counters.js';

/** What a route costs: reads, changes, and what moves whole catalogues or logs. */
export type RouteClass = 'reads' | 'writes' | 'heavy';

type Subject = 'address' | 'account' | 'key';

const WINDOW_SECONDS = 60;
/** Of LIMIT_PER_MINUTE. */
const SHARES: Record<RouteClass, number> = { reads: 1, writes: 1 / 4, heavy: 1 / 40 };
const NAMES: Record<Subject, string> = { address: '', account: 'account-', key: 'key-' };

const EXCHANGE_MS = 300;
/** Of one exchange; what is over waits for the next. */
const MOST_TALLIES = 5_000;
/** Addresses, accounts and keys counted at once: some 20 MB. */
const MOST_KEYS = 100_000;
const SWEEP_MS = 15_000;

/**
 * The limits that apply to every route: by the client's address, by account and by API key, for each class of routes. They are counted in
 * memory and exchanged with the store a few times a second, all keys in one statement, so that no request waits for it (see
 * `WindowCounters` for what that costs in exactness). While the store is away each process counts for itself.
 */
@Injectable()
export class GeneralLimits implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly counters = new WindowCounters(MOST_KEYS);
  private readonly limits: Record<Subject, Record<RouteClass, Limit>>;
  private readonly timers: NodeJS.Timeout[] = [];
  private exchanging = false;

  constructor(
    private readonly config: Config,
    @Inject(LIMIT_STORE) private readonly store: LimitStore,
    private readonly watch: StoreWatch,
    private readonly clock: Clock,
  ) {
    this.limits = {
      address: limitsOf('address', config.limitPerMinute),
      account: limitsOf('account', config.limitPerMinute),
      key: limitsOf('key', config.limitPerMinute),
    };
  }

  onApplicationBootstrap(): void {
    if (!this.config.rateLimit) return;
    this.timers.push(
      setInterval(() => void this.exchange(), EXCHANGE_MS).unref(),
      setInterval(() => this.counters.sweep(this.now()), SWEEP_MS).unref(),
    );
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Counts one request of an address, an account or a key; undefined where nothing is counted. */
  take(subject: Subject, routeClass: RouteClass, id: string): LimitState | undefined {
    if (!this.config.rateLimit) return undefined;
    return this.counters.take(this.limits[subject][routeClass], counted(subject, id), this.now());
  }

  /** Takes the count of one request back. */
  giveBack(subject: Subject, routeClass: RouteClass, id: string): void {
    if (this.config.rateLimit)
      this.counters.giveBack(this.limits[subject][routeClass], counted(subject, id), this.now());
  }

  /** Tells the store what was counted here and hears what was counted elsewhere; one exchange at a time. */
  private async exchange(): Promise<void> {
    if (this.exchanging) return;
    const tallies = this.counters.takeDue(MOST_TALLIES, this.now());
    if (tallies.length === 0) return;
    this.exchanging = true;
    try {
      this.counters.settle(tallies, await this.store.add(tallies));
      this.watch.answered();
    } catch (error) {
      this.counters.keep(tallies);
      this.watch.failed(error);
    } finally {
      this.exchanging = false;
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function counted(subject: Subject, id: string): string {
  return subject === 'address' ? countedAddress(id) : id;
}

function limitsOf(subject: Subject, perMinute: number): Record<RouteClass, Limit> {
  const limit = (routeClass: RouteClass): Limit => ({
    name: `${NAMES[subject]}${routeClass}`,
    points: Math.max(2, Math.ceil(perMinute * SHARES[routeClass])),
    windowSeconds: WINDOW_SECONDS,
  });
  return { reads: limit('reads'), writes: limit('writes'), heavy: limit('heavy') };
}
