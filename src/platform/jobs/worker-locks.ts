import pg from 'pg';

const SWEEP_MS = 10_000;
const TAKE = 'select pg_advisory_lock(hashtextextended($1, 0))';

/**
 * Gives back the jobs of processes that died. graphile-worker holds a dead worker's jobs for four hours; here each
 * worker also holds a PostgreSQL advisory lock on a connection of its own, which ends with the process, so that any
 * other process sees at once whose jobs are free.
 */
export class WorkerLocks {
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly held = new Set<string>();
  private taking: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly pool: pg.Pool,
  ) {}

  async open(): Promise<void> {
    await this.connect();
    this.timer = setInterval(() => void this.sweep(), SWEEP_MS);
    this.timer.unref();
  }

  /** Takes the locks one after the other: a connection does one thing at a time. */
  hold(workerId: string): void {
    this.held.add(workerId);
    this.taking = this.taking.then(async () => {
      await this.client?.query(TAKE, [workerId]).catch(() => undefined);
    });
  }

  /** Frees the jobs whose worker holds no lock any more. */
  async releaseDead(): Promise<void> {
    const { rows } = await this.pool.query<{ locked_by: string }>(
      'select distinct locked_by from graphile_worker.jobs where locked_by is not null',
    );
    const dead: string[] = [];
    for (const { locked_by: id } of rows) if (!this.held.has(id) && (await this.isFree(id))) dead.push(id);
    if (dead.length > 0) await this.pool.query('select graphile_worker.force_unlock_workers($1::text[])', [dead]);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async isFree(workerId: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ free: boolean }>(
      'select not exists (select from pg_locks where locktype = $1 and granted and database = (select oid from pg_database where datname = current_database()) and ((classid::bigint << 32) | objid::bigint) = hashtextextended($2, 0)) as free',
      ['advisory', workerId],
    );
    return rows[0]?.free ?? false;
  }

  /** A connection that broke (the database was restarted) took the locks along: take them again before anything is freed. */
  private async sweep(): Promise<void> {
    try {
      if (!this.client) await this.connect();
      await this.releaseDead();
    } catch {
      // The database is away; the next sweep tries again.
    }
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'backroom worker locks',
      keepAlive: true,
    });
    client.on('error', () => {
      if (this.client === client) this.client = undefined;
    });
    await client.connect();
    for (const id of this.held) await client.query(TAKE, [id]);
    this.client = client;
  }
}
