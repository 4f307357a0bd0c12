import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors/index.js';
import { canEnter, runsAsRoot, unprivilegedUser, userWithId } from './os-user.js';
import type { OsUser } from './os-user.js';
import { sharedHome } from './shared-home.js';

/** Where the cluster lies and whom it belongs to. */
export interface Location {
  /** PostgreSQL's data directory; need not exist yet. */
  readonly pgdata: string;
  /** The folder around it, which is locked as well when it is not the data folder itself. */
  readonly home: string;
  /** Whom the server runs as; absent: this process's own user. */
  readonly user: OsUser | undefined;
}

class UnreachableFolderError extends AppError {
  constructor(detail: string) {
    super('unavailable', 'database.folder_unreachable', detail);
  }
}

const MARKER = 'postgres.location';

/**
 * Decides where the embedded database of a data folder lies: in `dataDir/postgres`, unless root runs this and the database's user
 * cannot reach that folder (a parent of mode 0700, such as /root). Then it lies under /var/lib/backroom, and a file
 * `postgres.location` in the data folder says so.
 *
 * @param dataDir absolute, existing
 */
export async function locateCluster(dataDir: string, log: (line: string) => void): Promise<Location> {
  const marker = join(dataDir, MARKER);
  const wished = join(dataDir, 'postgres');
  if (existsSync(marker)) return locatedElsewhere(marker, readFileSync(marker, 'utf8').trim());
  if (!runsAsRoot()) return { pgdata: wished, home: dataDir, user: undefined };

  const user = ownerOf(wished) ?? unprivilegedUser();
  if (canEnter(user, dataDir)) return { pgdata: wished, home: dataDir, user };
  if (existsSync(join(wished, 'PG_VERSION'))) {
    throw new UnreachableFolderError(
      `The database in ${wished} cannot be reached by user ${user.name}, as whom it must run since PostgreSQL refuses to run as root. ` +
        `Open the way to it (chmod o+x on each parent folder), or move the data folder and name it with DATA_DIR.`,
    );
  }
  const home = await makePlace(dataDir, log);
  await writeFile(marker, `${home}\n`);
  return { pgdata: join(home, 'postgres'), home, user };
}

function locatedElsewhere(marker: string, home: string): Location {
  const pgdata = join(home, 'postgres');
  if (!existsSync(home)) {
    throw new UnreachableFolderError(
      `${marker} says that the database lies in ${home}, which does not exist. Bring it back, or remove ${marker} to begin with an empty database.`,
    );
  }
  return { pgdata, home, user: runsAsRoot() ? (ownerOf(pgdata) ?? unprivilegedUser()) : undefined };
}

/** The account that owns an existing cluster, unless it is root, whose files are handed over to another. */
function ownerOf(pgdata: string): OsUser | undefined {
  if (!existsSync(pgdata)) return undefined;
  const { uid, gid } = statSync(pgdata);
  return uid === 0 ? undefined : userWithId(uid, gid);
}

async function makePlace(dataDir: string, log: (line: string) => void): Promise<string> {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const home = join(sharedHome(), name);
  if (existsSync(home)) {
    // The data folder is new, so this was left by one that has been removed. Nothing is thrown away that might be missed.
    const aside = `${home}.left-${new Date().toISOString().replace(/\W/g, '')}`;
    await rename(home, aside);
    log(`An earlier database of a removed ${dataDir} was put aside in ${aside}`);
  }
  await mkdir(home, { mode: 0o755 });
  sharedHome(name);
  return home;
}
