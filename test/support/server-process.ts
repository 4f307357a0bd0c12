import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface ServerOptions {
  readonly dataDir: string;
  /** `npm` is `npm start`; `node` the program that it becomes. */
  readonly via?: 'npm' | 'node';
  readonly env?: Record<string, string>;
  /** Another user to run as, where this is root. */
  readonly uid?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built server in a process group of its own, as a person or a service manager starts it. */
export class ServerProcess {
  readonly ended: Promise<Ended>;
  output = '';
  private readonly child: ChildProcess;
  private readonly startedAt = Date.now();

  constructor(options: ServerOptions) {
    const [program, ...args] = options.via === 'npm' ? ['npm', 'start'] : [process.execPath, 'scripts/start.mjs'];
    this.child = spawn(program ?? '', args, {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...plainEnvironment(), PORT: '0', SEED_DEMO: 'false', DATA_DIR: options.dataDir, ...options.env },
      ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
  }

  /** Of the process that was started: npm's, or the server's own. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves with the server's address once it listens, and says what it printed when it ends instead. */
  async ready(): Promise<{ base: string; afterMs: number }> {
    const base = await this.printed(/Backroom is ready at (https?:\S+)/);
    return { base, afterMs: Date.now() - this.startedAt };
  }

  /** PostgreSQL's data directory, as the server told it. */
  get pgdata(): string {
    return /its data is in (\S+)/.exec(this.output)?.[1] ?? '';
  }

  async printed(pattern: RegExp): Promise<string> {
    let over = false;
    void this.ended.then(() => (over = true));
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found[1] ?? found[0];
      if (over) throw new Error(`The server ended without having printed ${String(pattern)}:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** To the process alone, or to its whole group as a terminal does. */
  kill(signal: NodeJS.Signals, whom: 'process' | 'group' = 'process'): void {
    try {
      process.kill(whom === 'group' ? -this.pid : this.pid, signal);
    } catch {
      // It has ended already.
    }
  }

  /** Ends it in order and waits. */
  async stop(): Promise<Ended> {
    this.kill('SIGTERM');
    return this.ended;
  }
}

export interface TemporaryFolder {
  readonly path: string;
  /** A data folder in it, with nothing in it yet. */
  readonly dataDir: string;
  /** Removes it with all that runs on it, also where the database had to be placed elsewhere. */
  remove: () => void;
}

/** A folder that every user can pass through, unless another mode is given. */
export function temporaryFolder(mode = 0o755): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'backroom-start-')));
  const dataDir = join(path, 'var');
  mkdirSync(dataDir);
  for (const folder of [dataDir, path]) chmodSync(folder, mode);
  return {
    path,
    dataDir,
    remove: () => {
      const elsewhere = join(dataDir, 'postgres.location');
      const folders = existsSync(elsewhere) ? [path, readFileSync(elsewhere, 'utf8').trim()] : [path];
      for (const folder of folders) {
        for (const { pid } of processesOn(folder)) process.kill(pid, 'SIGKILL');
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

/** Processes (Linux) that work in a folder or name it on their command line. */
export function processesOn(folder: string): { pid: number; command: string }[] {
  if (folder === '') throw new Error('Name a folder.');
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const here = command.includes(folder) || readlinkSync(`/proc/${name}/cwd`).startsWith(folder);
      return here ? [{ pid: Number(name), command }] : [];
    } catch {
      return [];
    }
  });
}

/** Waits until nothing works in the folder any more; returns what still does after the time is over. */
export async function leftBehind(folder: string, withinMs = 5_000): Promise<string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = processesOn(folder);
    if (found.length === 0 || Date.now() > deadline) return found.map(({ command }) => command);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** This process's environment without what a test run adds to it. */
function plainEnvironment(): Record<string, string> {
  const mine = /^(NODE_OPTIONS|NODE_ENV|JEST_|npm_|DATABASE_URL|BACKROOM_|RATE_LIMIT|LOG_|ADMIN_)/;
  const entries = Object.entries(process.env).filter(([name]) => !mine.test(name));
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
