/** An embedded PostgreSQL for tests and tools: fast instead of durable, gone with this process however it ends. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './typescript.mjs';

export async function startThrowawayPostgres() {
  const { startEmbeddedPostgres } = await import('../../src/platform/database/embedded/index.ts');
  const dataDir = await mkdtemp(join(tmpdir(), 'backroom-throwaway-'));
  // Under root the server runs as another user, who has to pass through this folder; what is in it stays closed.
  await chmod(dataDir, 0o711);
  return startEmbeddedPostgres({ dataDir, log: () => undefined, throwaway: true });
}
