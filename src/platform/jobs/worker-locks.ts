import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SCHEMA_OF } from './lanes.js';

const SWEEP_MS = 10_000;
const RETRY_MS = 250;
/** A living process gets its locks back within this time after the database has been away. */
const GRACE_MS = 1_500;
const TAKE = 'select pg_advisory_lock(hashtextextended($1, 0))';
const LOCKED = Object.values(SCHEMA_OF)
  .map((schema) => `select locked_by from ${schema}._private_jobs where locked_by is not null`)
  .join(' union ');
const GIVE = 'select pg_advisory_unlock(hashtextextended($1, 0))';

/**
 * Gives back the jobs of processes that died. graphile-worker holds the jobs of a dead pool of workers for four hours; here each
 * pool also holds a PostgreSQL advisory lock on a connection of its own, which ends with the process, so that any
 * other process sees at once whose jobs are free.
 */
export class WorkerLocks {
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly held = new Map<string, Promise<void>>();
  private taken = new Set<string>();
  private line: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly pool: pg.Pool,
  ) {}

  async open(): Promise<void> {
    await this.connect();
    this.timer = setInterval(() => void this.releaseDead().catch(() => undefined), SWEEP_MS);
    this.timer.unref();
  }

  /**
   * Takes the pool's lock and keeps it, also through restarts of the database. Resolves when it is taken: no job may be begun before,
   * since anybody would take it for a dead process's. Throws nothing.
   */
  hold(poolId: string): Promise<void> {
    const holding = this.held.get(poolId) ?? this.take(poolId);
    this.held.set(poolId, holding);
    return holding;
  }

  /** For a pool that has ended while the process lives on: what it left may be taken over. */
  async drop(poolId: string): Promise<void> {
    this.held.delete(poolId);
    if (this.taken.delete(poolId) && this.client) await this.ask(this.client, GIVE, poolId).catch(() => undefined);
  }

  /** Frees the jobs whose pool holds no lock: neither now nor after the time in which one that lost its connection takes it again. */
  async releaseDead(): Promise<void> {
    const suspects = await this.findUnlocked();
    if (suspects.length === 0) return;
    await sleep(GRACE_MS, undefined, { ref: false });
    if (this.closed) return;
    const still = new Set(await this.findUnlocked());
    const dead = suspects.filter((id) => still.has(id));
    if (dead.length === 0) return;
    for (const schema of Object.values(SCHEMA_OF))
      await this.pool.query(`select ${schema}.force_unlock_workers($1::text[])`, [dead]);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async take(poolId: string): Promise<void> {
    while (!this.closed && !this.taken.has(poolId)) {
      const { client } = this;
      try {
        if (client) await this.ask(client, TAKE, poolId);
        // What a connection took that has broken meanwhile is gone with it.
        if (client && client === this.client) this.taken.add(poolId);
      } catch {
        // The connection broke; it is made anew.
      }
      if (!this.taken.has(poolId)) await sleep(RETRY_MS, undefined, { ref: false });
    }
  }

  /** One after the other: a connection answers one question at a time. */
  private ask(client: pg.Client, question: string, poolId: string): Promise<unknown> {
    const answer = this.line.then(() => client.query(question, [poolId]));
    this.line = answer.catch(() => undefined);
    return answer;
  }

  private async findUnlocked(): Promise<string[]> {
    const { rows } = await this.pool.query<{ locked_by: string }>(
      `select locked_by from (${LOCKED}) as holders
       where not exists (
         select from pg_locks
         where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
           and ((classid::bigint << 32) | objid::bigint) = hashtextextended(locked_by, 0))`,
    );
    return rows.map(({ locked_by: id }) => id).filter((id) => !this.held.has(id));
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'backroom worker locks',
      keepAlive: true,
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    await client.connect();
    this.client = client;
  }

  /** The database was restarted and all locks are gone: take them again before anybody wonders. */
  private lose(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.taken = new Set();
    this.line = Promise.resolve();
    void this.reconnect();
  }

  private async reconnect(): Promise<void> {
    while (!this.closed && !this.client) {
      try {
        await this.connect();
      } catch {
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
    if (this.closed) return this.close();
    await Promise.all([...this.held.keys()].map((id) => this.take(id)));
  }
}
