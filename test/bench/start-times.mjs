/** How long it takes from the start of the process to the first 200 of `/health/ready`. */
import { median } from './load.mjs';
import { startShop, temporaryDataDir } from './shop.mjs';

/**
 * @param {{ databaseUrl: string, starts: number }} options `databaseUrl`: of a migrated database
 * @returns {Promise<{ migrated: number, embedded: number, firstEmbedded: number, all: { migrated: number[], embedded: number[] } }>} milliseconds;
 *   `embedded` finds its database made, `firstEmbedded` makes it
 */
export async function startTimes({ databaseUrl, starts }) {
  const outside = temporaryDataDir();
  const inside = temporaryDataDir();
  try {
    const migrated = [];
    const embedded = [];
    const firstEmbedded = await startAndStop({ dataDir: inside.dataDir });
    for (let n = 0; n < starts; n += 1) {
      migrated.push(await startAndStop({ dataDir: outside.dataDir, databaseUrl }));
      embedded.push(await startAndStop({ dataDir: inside.dataDir }));
    }
    return { migrated: median(migrated), embedded: median(embedded), firstEmbedded, all: { migrated, embedded } };
  } finally {
    outside.remove();
    inside.remove();
  }
}

async function startAndStop(options) {
  const { readyMs, stop } = await startShop(options);
  await stop();
  return readyMs;
}
