import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Config, loadConfig } from '../../../src/platform/config/index.js';
import { findRunningEmbeddedPostgres } from '../../../src/platform/database/embedded/index.js';
import { ServerProcess, temporaryFolder, type TemporaryFolder } from '../../support/server-process.js';
import { eventually, makeVariant } from '../../support/shop-fixture.js';
import { ENVIRONMENT } from '../support/proof-shop.js';
import { ClockedClient } from './clocked-client.js';
import { ProviderElsewhere } from './provider-elsewhere.js';
import { expectNothingLost, hurryJobs } from './verdict.js';
import type { PlainAnswer } from '../support/patient-client.js';
import { SmallDisk } from './small-disk.js';

const STOCK = 1_000;

/**
 * One process of the built shop with the database that it brings along, if possible on a disk that can be filled. Its provider has a
 * record elsewhere, so that whoever pays is charged whatever becomes of the database.
 */
export class EmbeddedShop {
  readonly client: ClockedClient;

  private constructor(
    private readonly folder: TemporaryFolder,
    /** Or why there is none. */
    readonly disk: SmallDisk | string,
    private readonly provider: ProviderElsewhere,
    readonly server: ServerProcess,
    readonly base: string,
    readonly databaseUrl: string,
    readonly variantId: string,
  ) {
    this.client = new ClockedClient(() => base);
  }

  static async start(megabytes: number): Promise<EmbeddedShop> {
    const folder = temporaryFolder();
    const disk = SmallDisk.mount(folder.dataDir, megabytes);
    const provider = await ProviderElsewhere.start();
    const server = new ServerProcess({ dataDir: folder.dataDir, env: { ...ENVIRONMENT, ...provider.env } });
    try {
      const { base } = await server.ready();
      const databaseUrl = (await findRunningEmbeddedPostgres(folder.dataDir)) ?? '';
      const { variantId } = await makeVariant({ databaseUrl }, { stock: STOCK });
      return new EmbeddedShop(folder, disk, provider, server, base, databaseUrl, variantId);
    } catch (error) {
      await clean(folder, disk, provider, server);
      throw error;
    }
  }

  /** Of PostgreSQL's first process; undefined while there is none. */
  get postmaster(): number | undefined {
    try {
      const pid = Number(readFileSync(join(this.pgdata, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
      process.kill(pid, 0);
      return pid === this.server.pid ? undefined : pid;
    } catch {
      return undefined;
    }
  }

  /** As the database's own administrator, whom the shop is not. */
  async administer(statement: string): Promise<void> {
    const file = join(this.pgdata, 'backroom-credentials.json');
    const { superuser } = JSON.parse(readFileSync(file, 'utf8')) as { superuser: string };
    const url = new URL(this.databaseUrl);
    url.username = 'postgres';
    url.password = superuser;
    const client = new pg.Client({ connectionString: url.href });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async health(kind: 'live' | 'ready'): Promise<number> {
    return (await fetch(`${this.base}/health/${kind}`)).status;
  }

  /**
   * Writes until the shop refuses, while the database's log goes on to its next file again and again: it keeps some in hand, and only
   * when these are used up does a full disk stop it.
   * @throws Error when nothing is refused in that time
   */
  async firstRefusal(withinMs: number): Promise<Response> {
    const end = Date.now() + withinMs;
    const items = [{ variantId: this.variantId, quantity: 1 }];
    while (Date.now() < end) {
      await this.administer('select pg_current_xact_id(), pg_switch_wal()').catch(() => undefined);
      const answer = await fetch(`${this.base}/v1/carts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items }),
      });
      if (answer.status !== 201) return answer;
      await answer.body?.cancel();
    }
    throw new Error(`The shop still wrote after ${withinMs} ms. ${this.server.output.slice(-2_000)}`);
  }

  /** @returns after how many milliseconds */
  async readyWithin(ms: number): Promise<number> {
    const started = Date.now();
    await eventually(
      () => this.health('ready'),
      (status) => status === 200,
      ms,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.server.output.slice(-3_000)}`);
    });
    return Date.now() - started;
  }

  /** @returns how many orders were paid */
  async expectSound(answers: readonly PlainAnswer[]): Promise<number> {
    await hurryJobs(this);
    const { databaseUrl, variantId, provider } = this;
    const env = { ...provider.env, NODE_ENV: 'test', LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl };
    const config: Config = loadConfig(env);
    return expectNothingLost({
      databaseUrl,
      config,
      variantId,
      stock: STOCK,
      answers,
      charges: () => provider.charges(),
    });
  }

  async stop(): Promise<void> {
    this.client.close();
    await clean(this.folder, this.disk, this.provider, this.server);
  }

  private get pgdata(): string {
    return join(this.folder.dataDir, 'postgres');
  }
}

async function clean(
  folder: TemporaryFolder,
  disk: SmallDisk | string,
  provider: ProviderElsewhere,
  server: ServerProcess,
): Promise<void> {
  try {
    if (typeof disk !== 'string') disk.makeRoom();
    await server.stop();
    await provider.stop();
  } finally {
    if (typeof disk !== 'string') disk.unmount();
    folder.remove();
  }
}
