import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import type { Logger } from 'pino';
import { BOOT, type Boot } from '../boot.js';
import { Config } from '../config/index.js';
import { LOGGER } from '../observability/logger.js';
import { CHANNEL, LISTEN } from './catalog-news.sql.js';
import { CatalogNews } from './catalog-news.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const CONNECT_MS = 5_000;

/**
 * Passes on what other processes tell of the catalogue. It has a connection of its own, since one of the pool is whoever's turn it is. What was
 * told while the connection was away nobody knows: then anything may have changed.
 */
@Injectable()
export class CatalogNewsReceiver implements OnApplicationBootstrap, OnApplicationShutdown {
  private client: pg.Client | undefined;
  private pause: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private closed = false;

  constructor(
    @Inject(BOOT) private readonly boot: Boot,
    private readonly config: Config,
    private readonly news: CatalogNews,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.catalogCacheBytes > 0) void this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearTimeout(this.pause);
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
}
