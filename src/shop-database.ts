import type { Config } from './platform/config/index.js';
import {
  findRunningEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from './platform/database/embedded/index.js';

/** The shop's database, as a tool on the command line finds it. */
export interface ShopDatabase {
  readonly url: string;
  /** Present where no server ran and the database was started for the tool, which stops it again. */
  readonly own: EmbeddedPostgres | undefined;
}

/** That of DATABASE_URL, that of the server that runs on the data folder, or the embedded one, started for the time being. */
export async function openShopDatabase(config: Config, signal: AbortSignal): Promise<ShopDatabase> {
  const url = config.databaseUrl ?? (await findRunningEmbeddedPostgres(config.dataDir));
  if (url !== undefined) return { url, own: undefined };
  const own = await startEmbeddedPostgres({ dataDir: config.dataDir, log: () => undefined, signal });
  return { url: own.url, own };
}
