import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationList } from '@prisma/schema-engine-wasm';

/** The committed migrations. */
export const MIGRATIONS_FOLDER = folderAbove(dirname(fileURLToPath(import.meta.url)), 'prisma/migrations');

export interface MigrationFile {
  /** The folder's name, `<timestamp>_<what>`; they are applied in its order. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hexadecimal digits, as Prisma records it. */
  readonly checksum: string;
}

export function readMigrations(folder = MIGRATIONS_FOLDER): MigrationFile[] {
  if (!existsSync(folder)) return [];
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).sort();
  return names.map((name) => {
    const bytes = readFileSync(join(folder, name, 'migration.sql'));
    return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
  });
}

/** The same list in the form in which Prisma's engine takes it. */
export function toMigrationList(files: readonly MigrationFile[], folder = MIGRATIONS_FOLDER): MigrationList {
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: files.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/** This file is in src/, in dist/ or part of the bundle, which lie at different depths. */
function folderAbove(folder: string, path: string): string {
  const here = join(folder, path);
  const parent = dirname(folder);
  return existsSync(here) || parent === folder ? here : folderAbove(parent, path);
}
