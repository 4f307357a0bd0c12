import { connect, type Socket } from 'node:net';

/** A connection that sends what it is told and keeps what comes back, as no well-behaved client would. */
export class RawSocket {
  received = '';
  closed = false;
  private readonly socket: Socket;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(base: string, options: { readonly reads?: boolean } = {}) {
    const { hostname, port } = new URL(base);
    this.socket = connect(Number(port), hostname);
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.closed = true));
    if (options.reads ?? true) this.socket.on('data', (data) => (this.received += String(data)));
    else this.socket.pause();
  }

  send(text: string): this {
    if (this.socket.writable) this.socket.write(text);
    return this;
  }

  /** Sends the text sign by sign. */
  drip(text: string, everyMs: number): this {
    let at = 0;
    this.timers.push(setInterval(() => this.send(text[at++ % text.length] ?? ''), everyMs));
    return this;
  }

  /** The status of the first answer, 0 where none came yet. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.received)?.[1] ?? 0);
  }

  end(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.socket.destroy();
  }
}
