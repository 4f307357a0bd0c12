import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import type { Logger } from 'pino';
import { BOOT, type Boot } from '../boot.js';
import { Config } from '../config/index.js';
import { LOGGER } from '../observability/logger.js';
import { Db } from '../database/index.js';
import {
  CHANGES_SINCE,
  CHANNEL,
  LISTEN,
  MOST_CHANGES,
  NO_SNAPSHOT,
  sweepChanges,
  type ChangesRow,
} from './catalog-news.sql.js';
import { CatalogNews } from './catalog-news.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const CONNECT_MS = 5_000;
/** A third of the time for which a confirmation holds. */
const LOOK_MS = 300;
/** Changes are swept when they have been seen by all who looked for so long. */
const SWEEP_MS = 60_000;
/** Whoever has not looked for longer may have missed some. */
const MISSES_AFTER_MS = 45_000;

/**
 * Passes on what other processes, and other programs, change of the catalogue. Processes tell at once, by notifications; that nothing was missed is found
 * out from the changes that the database's triggers keep, while somebody asks for what is kept. It has a connection of its own, since one of the pool is
 * whoever's turn it is. What was told while the connection was away nobody knows: then anything may have changed.
 */
@Injectable()
export class CatalogNewsReceiver implements OnApplicationBootstrap, OnApplicationShutdown {
  private client: pg.Client | undefined;
  /** The same client once it listens, until it is lost. */
  private listening: pg.Client | undefined;
  private pause: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private closed = false;
  private snapshot = NO_SNAPSHOT;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private looking = false;
  private oldest = '0';
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    @Inject(BOOT) private readonly boot: Boot,
    private readonly config: Config,
    private readonly news: CatalogNews,
    private readonly db: Db,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    // Also where nothing is kept: the changes come all the same.
    this.timers.push(setInterval(() => void this.sweep(), SWEEP_MS).unref());
    if (this.config.catalogCacheBytes === 0) return;
    this.timers.push(setInterval(() => void this.look(), LOOK_MS).unref());
    void this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearTimeout(this.pause);
    for (const timer of this.timers) clearInterval(timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.boot.databaseUrl,
      application_name: 'backroom catalogue news',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    this.client = client;
    client.on('notification', ({ channel, payload }) => {
      if (channel === CHANNEL && payload !== this.news.sender) this.news.tellOfCatalog();
    });
    // Also where connecting fails: of several events the first counts.
    let lost = false;
    const lose = (error?: Error): void => {
      if (lost || this.closed) return;
      lost = true;
      this.listening = undefined;
      this.logger.warn({ err: error }, 'news of the catalogue from other processes are not heard for a moment');
      this.news.tellOfCatalog();
      this.retry();
    };
    client.on('error', lose);
    client.on('end', () => lose());
    try {
      await client.connect();
      await client.query(LISTEN);
      this.pauseMs = FIRST_PAUSE_MS;
      this.snapshot = NO_SNAPSHOT;
      this.listening = client;
      this.news.tellOfCatalog();
    } catch (error) {
      void client.end().catch(() => undefined);
      lose(error as Error);
    }
  }

  private retry(): void {
    this.pause = setTimeout(() => void this.connect(), this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  /** Nothing is asked of the database where nobody asks for what is kept. */
  private async look(): Promise<void> {
    const client = this.listening;
    if (!client || this.looking || !this.news.asked) return;
    this.news.asked = false;
    this.looking = true;
    const began = performance.now();
    if (began - this.lookedAt > MISSES_AFTER_MS) this.snapshot = NO_SNAPSHOT;
    try {
      const { rows } = await client.query<ChangesRow>({ ...CHANGES_SINCE, values: [this.snapshot] });
      const [row] = rows;
      if (!row || client !== this.listening) return;
      const first = this.snapshot === NO_SNAPSHOT;
      this.snapshot = row.snapshot;
      this.lookedAt = began;
      this.pass(row.variants, first);
      this.news.confirm(began);
    } catch {
      // The connection's own event tells of it; until there is another, nothing is confirmed.
    } finally {
      this.looking = false;
    }
  }

  private pass(variants: ChangesRow['variants'], all: boolean): void {
    const named = variants.filter((id) => id !== null);
    if (all || named.length < variants.length || variants.length >= MOST_CHANGES) this.news.tellOfCatalog();
    else if (named.length > 0) this.news.tellOfStock(named);
  }

  private async sweep(): Promise<void> {
    try {
      this.oldest = await sweepChanges(this.db, this.oldest);
    } catch {
      // The next sweep takes what this one left.
    }
  }
}
