import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of a few megabytes that a test can fill. */
export class SmallDisk {
  private readonly ballast: string;

  private constructor(readonly path: string) {
    this.ballast = join(path, 'ballast');
  }

  /** Mounted at that path. @returns why there can be none, on machines that do not let this user mount */
  static mount(path: string, megabytes: number): SmallDisk | string {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a small disk';
    mkdirSync(path, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', path], { stdio: 'pipe' });
    } catch (error) {
      return `this machine does not let root mount a small disk: ${(error as Error).message.trim()}`;
    }
    chmodSync(path, 0o755);
    return new SmallDisk(path);
  }

  /** To the last byte that can be had now; may be called again, for what others have given back. */
  private fill(): void {
    const file = openSync(this.ballast, 'a');
    try {
      for (const block of [Buffer.alloc(1 << 20), Buffer.alloc(1 << 12)]) while (wrote(file, block)) continue;
    } finally {
      closeSync(file);
    }
  }

  /** Fills it, and takes whatever others give back, until `end`. */
  keepFull(): { end(): void } {
    this.fill();
    const timer = setInterval(() => this.fill(), 20);
    return { end: () => clearInterval(timer) };
  }

  makeRoom(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    // Lazily where a process still has something open on it: it is gone with that process.
    execFileSync('umount', ['-l', this.path], { stdio: 'pipe' });
  }
}

function wrote(file: number, block: Buffer): boolean {
  try {
    return writeSync(file, block) === block.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
