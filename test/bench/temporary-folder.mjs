import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long a PostgreSQL that loses its owner may take to end, which it could not do in order without its folder. */
const SECONDS_TO_END = 5;

/**
 * A folder that every user can pass through, since under root PostgreSQL runs as another one. It goes when it is removed, or soon after this
 * process has ended.
 * @param {string} name
 */
export function temporaryFolder(name) {
  const path = mkdtempSync(join(tmpdir(), `backroom-bench-${name}-`));
  chmodSync(path, 0o711);
  const removeLater = () =>
    spawn('/bin/sh', ['-c', `sleep ${SECONDS_TO_END}; rm -rf -- "$1"`, 'sh', path], {
      detached: true,
      stdio: 'ignore',
    }).unref();
  process.once('exit', removeLater);
  const remove = () => {
    process.off('exit', removeLater);
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  return { path, remove };
}
