import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server, ServerResponse } from 'node:http';
import type { EmbeddedPostgres } from './platform/database/embedded/index.js';
import type { HttpsService } from './platform/tls/index.js';

/** How long requests that are under way may take to finish. */
const DRAIN_MS = 15_000;
/** How long jobs and connection pools may take to close after that. */
const CLOSE_MS = 8_000;
/** npm passes a Ctrl-C on that the terminal has already given to the whole group: what follows so soon is the same signal. */
const SAME_SIGNAL_MS = 1_000;
const IDLE_CHECK_MS = 50;

/**
 * Ends the process in order, once: no new requests, those under way are finished, then jobs, pools, and last the database. A
 * second signal cuts all waiting short, and still stops the database.
 */
export class Shutdown {
  app: NestFastifyApplication | undefined;
  /** What runs beside `app` where it serves HTTPS. */
  https: HttpsService | undefined;
  /** Also while it starts. */
  database: Promise<EmbeddedPostgres> | undefined;
  /** Told about what went wrong on the way; the way is gone to its end all the same. */
  onFault: (error: unknown) => void = () => undefined;
  private readonly starting = new AbortController();
  private readonly hurry = new AbortController();
  private firstSignalAt: number | undefined;
  private ending: Promise<void> | undefined;

  /** Aborted when the process shall end; whatever still starts gives up. */
  get signal(): AbortSignal {
    return this.starting.signal;
  }

  /** From now on SIGINT, SIGTERM and a closed terminal end the process in order, with code 0. */
  handleSignals(): void {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => this.onSignal());
  }

  /** Ends the process; of several calls the first decides on the code. */
  end(code: number): Promise<void> {
    return (this.ending ??= this.endInOrder().finally(() => process.exit(code)));
  }

  private onSignal(): void {
    this.firstSignalAt ??= Date.now();
    if (Date.now() - this.firstSignalAt > SAME_SIGNAL_MS) this.hurry.abort();
    void this.end(0);
  }

  private async endInOrder(): Promise<void> {
    this.starting.abort(new Error('The start was given up.'));
    if (this.app) {
      await this.atMost(DRAIN_MS, Promise.all([drain(this.app.getHttpServer()), this.https?.close()]));
      await this.atMost(CLOSE_MS, this.app.close());
    }
    const database = await this.database?.catch(() => undefined);
    if (!database) return;
    const stopNow = (): void => void database.stop({ hurry: true });
    if (this.hurry.signal.aborted) stopNow();
    else this.hurry.signal.addEventListener('abort', stopNow);
    await database.stop();
  }

  /** Waits until the work is done or failed, the time is over, or there is a hurry; never throws. */
  private async atMost(ms: number, work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
      if (this.hurry.signal.aborted) resolve();
      this.hurry.signal.addEventListener('abort', () => resolve());
    });
    await Promise.race([work.catch(this.onFault), enough]);
    clearTimeout(timer);
  }
}

/**
 * Accepts no more connections and waits for the requests under way. A connection that has become idle is closed, and one that
 * never is (a client that sends on and on) with the answer to its next request.
 */
async function drain(server: Server): Promise<void> {
  if (!server.listening) return;
  server.prependListener('request', (_request, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const closeIdle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await closed.finally(() => clearInterval(closeIdle));
}
