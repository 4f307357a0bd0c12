import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where root keeps what the database's user has to reach and cannot reach where it was wished. Survives reboots, unlike /tmp. */
const HOME = '/var/lib/backroom';

/** A folder under that home, made when missing; everyone may pass through, nobody but root may write. */
export function sharedHome(...names: string[]): string {
  let folder = HOME;
  for (const name of ['', ...names]) {
    folder = join(folder, name);
    mkdirSync(folder, { recursive: true });
    // Not left to the umask, which may close it.
    chmodSync(folder, 0o755);
  }
  return folder;
}
