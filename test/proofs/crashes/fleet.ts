import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess } from '../../support/server-process.js';
import type { Random } from '../support/random.js';

interface Place {
  server: ServerProcess;
  base: string | undefined;
}

export interface FleetOptions {
  readonly processes: number;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly random: Random;
}

/**
 * Processes of the shop under a service manager that starts each again at once when it has ended, and notes those that nobody killed:
 * a process may not end because its database did.
 */
export class Fleet {
  /** Milliseconds from each kill until the process that came after it served. */
  readonly restarts: number[] = [];
  readonly endedByThemselves: string[] = [];
  kills = 0;
  private readonly places: Place[] = [];
  private readonly unexpected: string[] = [];
  private stopping = false;

  constructor(private readonly options: FleetOptions) {}

  async start(): Promise<void> {
    for (let n = 0; n < this.options.processes; n++) this.places.push({ server: this.launch(), base: undefined });
    await Promise.all(this.places.map((place) => this.watch(place)));
  }

  /** The address of a process that should be serving. */
  base(): string | undefined {
    const serving = this.places.flatMap(({ base }) => (base === undefined ? [] : [base]));
    return serving.length === 0 ? undefined : this.options.random.pick(serving);
  }

  /** SIGKILL to one of them, whatever it is doing. */
  kill(): void {
    const place = this.options.random.pick(this.places);
    this.kills += 1;
    place.base = undefined;
    place.server.kill('SIGKILL');
  }

  /** What the processes, living and dead, logged as errors that nobody had expected. */
  unexpectedErrors(): string[] {
    return [...this.unexpected, ...this.places.flatMap(({ server }) => unexpectedIn(server.output))];
  }

  /** For whoever watches a long run. */
  state(): string {
    const serving = this.places.filter(({ base }) => base !== undefined).length;
    return `${this.kills} processes killed, ${serving} of ${this.places.length} serve`;
  }

  isWhole(): boolean {
    return this.places.every(({ base }) => base !== undefined);
  }

  /** Waits until each serves. @throws Error with what those say that do not, after a minute */
  async whole(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!this.stopping && !this.isWhole()) {
      if (Date.now() > deadline)
        throw new Error(
          `A process does not come up: ${this.places.map(({ server }) => server.output).join('\n---\n')}`,
        );
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.places.map(({ server }) => server.stop()));
  }

  private launch(): ServerProcess {
    const { dataDir, env } = this.options;
    return new ServerProcess({ dataDir, env: { ...env } });
  }

  /** Resolves when it serves for the first time. */
  private async watch(place: Place): Promise<void> {
    const { server } = place;
    const started = Date.now();
    const ready = server.ready().then(
      ({ base }) => {
        if (place.server !== server) return;
        place.base = base;
        this.restarts.push(Date.now() - started);
      },
      () => undefined,
    );
    void server.ended.then(({ signal }) => {
      if (this.stopping) return;
      this.unexpected.push(...unexpectedIn(server.output));
      if (signal !== 'SIGKILL' && /Backroom is ready/.test(server.output))
        this.endedByThemselves.push(server.output.slice(-2_000));
      place.base = undefined;
      place.server = this.launch();
      void this.watch(place);
    });
    await ready;
  }
}

function unexpectedIn(output: string): string[] {
  return output.split('\n').filter((line) => line.includes('unexpected error'));
}
