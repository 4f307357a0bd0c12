import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** Whether the program is there. */
export function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** The first line of what it says of its version. */
export function versionOf(program, args, pattern) {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input: '' });
  return pattern.exec(`${stdout}\n${stderr}`)?.[1] ?? 'unknown';
}

/**
 * Runs a program to its end or for so long, all of its output into a file.
 * @returns {Promise<{ code: number | null, output: string, timedOut: boolean }>}
 */
export async function runTool(program, args, { log, ms, cwd, env = {} }) {
  const file = openSync(log, 'a');
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', file, file],
    detached: true,
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end(child.pid, 'SIGTERM');
    setTimeout(() => end(child.pid, 'SIGKILL'), 5_000).unref();
  }, ms);
  const onExit = () => end(child.pid, 'SIGKILL');
  process.once('exit', onExit);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  clearTimeout(timer);
  process.off('exit', onExit);
  closeSync(file);
  return { code, output: readFileSync(log, 'utf8'), timedOut };
}

/** The program with all that it has started. */
function end(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
