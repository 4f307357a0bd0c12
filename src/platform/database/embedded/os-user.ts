import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The user that the database server runs as. */
export interface OsUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so that root has to lend it another user. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** An existing user without rights of its own: `postgres` where there is one, else `nobody`. */
export function unprivilegedUser(): OsUser {
  const users = accounts();
  const found =
    users.find((user) => user.name === 'postgres' && user.uid !== 0) ?? users.find((user) => user.name === 'nobody');
  return found ?? { name: 'nobody', uid: 65534, gid: 65534 };
}

/** The account of a number, or one made up from the owner of some file when the machine has no name for it. */
export function userWithId(uid: number, gid: number): OsUser {
  return accounts().find((user) => user.uid === uid) ?? { name: `uid ${uid}`, uid, gid };
}

/** Whether that user can walk into the folder; asked of the system itself, which knows about every parent, ACL and mount. */
export function canEnter(user: OsUser, folder: string): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}

function accounts(): OsUser[] {
  let text: string;
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (!name || !uid || !gid || name.startsWith('#')) return [];
    // macOS writes nobody's number as -2.
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}
