import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdLifeline } from './lifeline.js';
import { startServer } from './server.js';
import type { Server, ServerOptions } from './server.js';
import { stopOrphan } from './stop-postmaster.js';

export interface SupervisorOptions extends ServerOptions {
  /** Removed with the server, which is then not worth starting again. */
  readonly folders: readonly string[];
  /** For the person who looks after the shop. */
  readonly warn: (line: string) => void;
  /** Called when the server has ended unasked and is not started again. */
  readonly onUnexpectedEnd: ((message: string) => void) | undefined;
}

/** Before each further start: a server that ends at once, on a full disk for instance, is not started in a tight loop. */
const PAUSE_MS = 500;

/**
 * Watches over a server that runs, and starts it again on the same port when it ends unasked: killed for want of memory, or because
 * its disk was full when it wrote its log, which PostgreSQL answers by ending itself. It tries for as long as it takes, so that a shop
 * recovers by itself when there is room again, and gives up only when the data are no longer there.
 */
export class Supervisor {
  private readonly over = new AbortController();
  private readonly signal: AbortSignal;
  private lifeline: ReturnType<typeof holdLifeline>;
  private readonly watching: Promise<void>;

  constructor(
    private server: Server,
    private readonly options: SupervisorOptions,
  ) {
    this.signal = options.signal ? AbortSignal.any([this.over.signal, options.signal]) : this.over.signal;
    this.lifeline = this.newLifeline();
    this.watching = this.watch();
  }

  /** Ends the server for good: in order, or at once when `patient` is false. */
  async stop(patient: boolean): Promise<void> {
    this.over.abort(new Error('The database is being stopped.'));
    await this.server.stop(patient);
    // A start that was under way is given up by now, or was just done.
    await this.watching;
    await this.server.stop(patient);
    await this.lifeline.release();
  }

  /** Cuts a patient stop short. */
  hurry(): void {
    void this.server.stop(false);
  }

  private async watch(): Promise<void> {
    while (!this.signal.aborted) {
      await this.server.ended;
      if (this.signal.aborted) return;
      if (!this.isWorthwhile())
        return this.options.onUnexpectedEnd?.('The embedded PostgreSQL has ended unexpectedly.');
      this.options.warn('The embedded PostgreSQL has ended unexpectedly; starting it again');
      await this.startAgain();
    }
  }

  /** Returns when the server runs, when it shall not, or when its data have vanished. */
  private async startAgain(): Promise<void> {
    let told = '';
    while (this.isWorthwhile()) {
      await sleep(PAUSE_MS, undefined, { signal: this.signal }).catch(() => undefined);
      if (this.signal.aborted) return;
      try {
        return await this.tryAgain();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        // Numbers in it, of processes and files, are others at each try.
        const gist = reason.replaceAll(/\d+/g, '');
        if (this.signal.aborted || gist === told) continue;
        told = gist;
        this.options.warn(`${reason} Trying again until it starts`);
      }
    }
  }

  private async tryAgain(): Promise<void> {
    const { options } = this;
    await stopOrphan(options.location.pgdata, options.log);
    this.server = await startServer({ ...options, signal: this.signal, port: this.server.port });
    const before = this.lifeline;
    this.lifeline = this.newLifeline();
    await before.release();
    options.warn('The embedded PostgreSQL is running again');
  }

  private newLifeline(): ReturnType<typeof holdLifeline> {
    return holdLifeline(this.options.location.pgdata, this.server.pid, this.options.folders);
  }

  private isWorthwhile(): boolean {
    const { folders, location } = this.options;
    return folders.length === 0 && existsSync(join(location.pgdata, 'PG_VERSION'));
  }
}
