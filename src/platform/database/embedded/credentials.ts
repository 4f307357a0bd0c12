import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors/index.js';
import type { OsUser } from './os-user.js';

/** The server's own administrator, used to make the role and the database of the app and for nothing else. */
export const SUPERUSER = 'postgres';
/** The app's role: owns its database and can do nothing outside it. */
export const APP_ROLE = 'backroom';
export const APP_DATABASE = 'backroom';

/** Random passwords of one cluster, kept in its data directory for its owner's eyes only. */
export interface Credentials {
  readonly superuser: string;
  readonly app: string;
}

const FILE = 'backroom-credentials.json';

export function newCredentials(): Credentials {
  return { superuser: randomPassword(), app: randomPassword() };
}

/** Returns when they are on the disk: a cluster whose passwords a power cut took away would be lost. */
export async function writeCredentials(
  pgdata: string,
  credentials: Credentials,
  user: OsUser | undefined,
): Promise<void> {
  const file = await open(join(pgdata, FILE), 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(credentials)}\n`);
    if (user) await file.chown(user.uid, user.gid);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function readCredentials(pgdata: string): Promise<Credentials> {
  const path = join(pgdata, FILE);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Credentials;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'not readable as JSON';
    throw new AppError(
      'unavailable',
      'database.credentials_missing',
      `The passwords of the embedded database cannot be read from ${path} (${reason}).`,
    );
  }
}

export function connectionUrl(role: string, password: string, port: number, database: string): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;
}

/** 192 bits, in letters that need no escaping in a URL. */
function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}
