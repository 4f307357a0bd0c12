import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Tells one life of a process from another: the machine's boot and the moment the process began. A process that later gets the same
 * number has another one. `undefined` when there is no such process (one that has ended and waits for its parent counts as none).
 */
export function lifeOf(pid: number): string | undefined {
  if (!exists(pid)) return undefined;
  return process.platform === 'linux' ? linuxLifeOf(pid) : lifeByPs(pid);
}

/** The words a process was started with; empty when there is no such process or it may not be looked at. */
export function commandOf(pid: number): string[] {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    return ps(pid, 'command=').split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}

function exists(pid: number): boolean {
  // 0 and negative numbers would name groups of processes.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function linuxLifeOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It lives, but /proc hides other users' processes: say so, rather than take it for dead.
    return exists(pid) ? 'hidden' : undefined;
  }
  // The second field is the command in brackets and may itself hold blanks and brackets: count from the last one (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X') return undefined;
  return `${bootId()}/${startTicks}`;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'boot';
  }
}

function lifeByPs(pid: number): string | undefined {
  try {
    const [state, ...started] = ps(pid, 'stat=,lstart=').trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

function ps(pid: number, columns: string): string {
  return execFileSync('ps', ['-o', columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
  });
}
