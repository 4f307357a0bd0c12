import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/**
 * How the line to the database breaks at a statement. `unsent`: before it arrives there. `unanswered`: it is carried out, and the answer
 * is lost. `cut`: in the middle of the answer. `dismissed`: the server says that it shuts down, instead of an answer. The first two take
 * all lines with them, and for a moment there is no way to the server.
 */
export type Break = 'unsent' | 'unanswered' | 'cut' | 'dismissed';
export const BREAKS: readonly Break[] = ['unsent', 'unanswered', 'cut', 'dismissed'];

const AWAY_MS = 60;

interface Plan {
  readonly how: Break;
  /** Statements that still pass. */
  left: number;
}

/** A way to a PostgreSQL server that can be broken at any statement. */
export class BreakableLine {
  private readonly lines = new Set<Line>();
  private plan: Plan | undefined;
  private awayUntil = 0;

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  static async start(databaseUrl: string): Promise<BreakableLine> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BreakableLine(new URL(databaseUrl), server);
  }

  /** The database, by this way. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Breaks it at the `nth` statement from now, counted from 1, on whichever connection. */
  breakAt(nth: number, how: Break): void {
    this.plan = { how, left: nth - 1 };
  }

  /** @returns whether it has broken since `breakAt` */
  mend(): boolean {
    const broken = this.plan === undefined;
    this.plan = undefined;
    this.awayUntil = 0;
    return broken;
  }

  async stop(): Promise<void> {
    for (const line of this.lines) line.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (Date.now() < this.awayUntil) {
      client.resetAndDestroy();
      return;
    }
    const line = new Line(client, connect(Number(this.target.port), this.target.hostname), () => this.next());
    this.lines.add(line);
    client.once('close', () => this.lines.delete(line));
  }

  /** How the line breaks at the statement that comes now, if it does. */
  private next(): Break | undefined {
    if (!this.plan || this.plan.left-- > 0) return undefined;
    const { how } = this.plan;
    this.plan = undefined;
    if (how === 'unsent' || how === 'unanswered') {
      this.awayUntil = Date.now() + AWAY_MS;
      // The one that asks ends by itself.
      setImmediate(() => this.lines.forEach((line) => line.destroy()));
    }
    return how;
  }
}

/** One connection. */
class Line {
  private readonly statements = new StatementCounter();
  private breaking: Break | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    next: () => Break | undefined,
  ) {
    client.on('data', (chunk) => {
      for (let left = this.statements.count(chunk); left > 0 && !this.breaking; left--) this.breaking = next();
      if (this.breaking !== 'unsent') server.write(chunk);
    });
    server.on('data', (chunk) => this.answer(chunk));
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => this.destroy());
    }
  }

  destroy(): void {
    // An answer that is to be lost has to be made first.
    if (this.breaking === 'unanswered') setTimeout(() => this.server.destroy(), AWAY_MS).unref();
    else this.server.destroy();
    if (!this.client.destroyed) this.client.resetAndDestroy();
  }

  private answer(chunk: Buffer): void {
    switch (this.breaking) {
      case undefined:
        this.client.write(chunk);
        return;
      case 'unsent':
      case 'unanswered':
        this.destroy();
        return;
      case 'cut':
        this.client.end(chunk.subarray(0, chunk.length >> 1));
        this.server.destroy();
        return;
      case 'dismissed':
        this.client.end(DISMISSAL);
        this.server.destroy();
    }
  }
}

/** Counts what a client wants an answer to: simple queries, and the Sync that ends each extended one. */
class StatementCounter {
  private rest: Buffer = Buffer.alloc(0);
  private begun = false;

  count(chunk: Buffer): number {
    let found = 0;
    let bytes = Buffer.concat([this.rest, chunk]);
    for (;;) {
      // The first message has no letter before its length.
      const head = this.begun ? 1 : 0;
      if (bytes.length < head + 4) break;
      const end = head + bytes.readInt32BE(head);
      if (bytes.length < end) break;
      if (this.begun && 'QS'.includes(String.fromCharCode(bytes[0] ?? 0))) found += 1;
      this.begun = true;
      bytes = bytes.subarray(end);
    }
    this.rest = bytes;
    return found;
  }
}

const DISMISSAL = errorResponse({
  S: 'FATAL',
  V: 'FATAL',
  C: '57P01',
  M: 'terminating connection due to administrator command',
});

function errorResponse(fields: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.from(
    `${Object.entries(fields)
      .map(([name, value]) => `${name}${value}\0`)
      .join('')}\0`,
  );
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
