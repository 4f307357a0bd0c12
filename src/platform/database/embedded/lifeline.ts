import { spawn } from 'node:child_process';

/**
 * A shell that waits, in a session of its own, for this process to end in whatever manner, SIGKILL included, and then stops the
 * database, which would otherwise run on with nobody to use it. Its standard input is a pipe that this process holds open
 * and the system closes. It makes sure that the number still is that server's, and removes the folders it was given.
 */
export function holdLifeline(pgdata: string, pid: number, throwaway: readonly string[]): { release(): Promise<void> } {
  const script = [
    'read -r _',
    'pgdata=$1 pid=$2; shift 2',
    'if read -r line < "$pgdata/postmaster.pid" && [ "$line" = "$pid" ]; then kill -s INT "$pid"; fi',
    'if [ $# -gt 0 ]; then while kill -s 0 "$pid"; do sleep 0.1; done; rm -rf -- "$@"; fi',
  ].join('\n');
  const child = spawn('/bin/sh', ['-c', script, 'backroom-lifeline', pgdata, String(pid), ...throwaway], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    // Without a shell the database merely outlives a killed app, and the next start stops it.
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    async release() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
