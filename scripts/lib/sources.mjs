import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';

const SETTINGS = [
  'prisma/schema.prisma',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package-lock.json',
  'scripts/lib/bundle.mjs',
];

/** A hash of everything that the build is made from; `undefined` where only the build was delivered. */
export function hashOfSources() {
  if (!existsSync(join(ROOT, 'src'))) return undefined;
  const hash = createHash('sha256');
  for (const path of [...sourceFiles('src'), ...SETTINGS]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * The names, sizes and times of the same files, as one text: while it stays, so does their hash, and it takes a fifth of the time to find out.
 * `undefined` where only the build was delivered.
 */
export function lookOfSources() {
  if (!existsSync(join(ROOT, 'src'))) return undefined;
  return [...sourceFiles('src'), ...SETTINGS]
    .map((path) => {
      const { size, mtimeMs } = statSync(join(ROOT, path));
      return `${path} ${size} ${mtimeMs}`;
    })
    .join('\n');
}

/** Files that are compiled: neither tests nor the generated client, which follows from the schema. */
function sourceFiles(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return path === 'src/generated' ? [] : sourceFiles(path);
      return entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts') ? [path] : [];
    });
}
