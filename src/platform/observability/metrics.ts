import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Db } from '../database/index.js';

/** What `/metrics` tells, in Prometheus' text format. Routes are named by their pattern, so that ids make no series. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  private readonly events = new Counter({
    name: 'backroom_events_total',
    help: 'Things that happened, by type, as told to other modules',
    labelNames: ['type'],
    registers: [this.registry],
  });

  constructor(db: Db) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'backroom_database_connections',
      help: 'Connections of the pool by state',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        this.set({ state: 'total' }, db.pool.totalCount);
        this.set({ state: 'idle' }, db.pool.idleCount);
        this.set({ state: 'waiting' }, db.pool.waitingCount);
      },
    });
  }

  /** Tells how often reads were answered from what was kept, and how much is kept. */
  watchReads(cache: { readonly hits: number; readonly misses: number; readonly bytes: number }): void {
    new Counter({
      name: 'backroom_catalog_cache_reads_total',
      help: 'Reads of the catalogue by guests that were answered from the cache (hit), or had to ask the database (miss)',
      labelNames: ['result'],
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc({ result: 'hit' }, cache.hits);
        this.inc({ result: 'miss' }, cache.misses);
      },
    });
    new Gauge({
      name: 'backroom_catalog_cache_bytes',
      help: 'Bytes of answers about the catalogue that are kept',
      registers: [this.registry],
      collect() {
        this.set(cache.bytes);
      },
    });
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  countEvent(type: string): void {
    this.events.inc({ type });
  }
}
