import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, lifeOf } from './process-identity.js';
import { disownPostmasterFile, readPostmasterFile } from './postmaster-file.js';

/**
 * PostgreSQL's ways to end, each tried when the one before took too long. `SIGTERM` lets clients leave that have just said goodbye,
 * and would otherwise still be told that they are thrown out. `SIGINT` is the fast shutdown: open transactions are rolled back
 * and everything is written. After `SIGQUIT` and `SIGKILL` the next start recovers from the log; nothing that was committed is
 * lost by any of them.
 */
const STEPS = [
  { signal: 'SIGTERM', waitMs: 300 },
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;
const IMPATIENT_STEPS = STEPS.slice(2);

const POLL_MS = 10;

/** Ends a server and returns when it has ended. `hasEnded` tells so; by default by asking the system about the process. */
export async function stopPostmaster(pid: number, hasEnded = endOf(pid), patient = true): Promise<void> {
  for (const { signal, waitMs } of patient ? STEPS : IMPATIENT_STEPS) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline) {
      if (hasEnded()) return;
      await sleep(POLL_MS);
    }
  }
}

/**
 * Deals with the server that an earlier app left when it was killed: stops it when it still runs, and clears the way when it does
 * not: its number may be that of another process by now, or of a dead one that nobody has buried. The caller holds the lock of the data folder, so that no living app uses that server.
 */
export async function stopOrphan(pgdata: string, log: (line: string) => void): Promise<void> {
  const left = await readPostmasterFile(pgdata);
  if (left === undefined) return;
  if (!isServerOf(left.pid, pgdata)) return disownPostmasterFile(pgdata);
  log('The last run was killed and left its PostgreSQL running; stopping it');
  await stopPostmaster(left.pid);
}

/** Whether that process is a server on that data directory: it was started with `-D pgdata`. */
function isServerOf(pid: number, pgdata: string): boolean {
  const words = commandOf(pid);
  return words.some((word, index) => word === '-D' && words[index + 1] === pgdata);
}

function endOf(pid: number): () => boolean {
  const life = lifeOf(pid);
  return () => lifeOf(pid) !== life;
}
