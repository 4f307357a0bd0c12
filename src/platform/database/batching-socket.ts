import { Socket } from 'node:net';

/**
 * A connection to the database that keeps what is written in one turn of the event loop together: several statements, or the messages
 * of one, leave in one piece. Each piece costs a system call here and wakes the server up once.
 */
export class BatchingSocket extends Socket {
  private held = false;

  /** Node's own `connect` puts its own `write` on the socket, in front of this class's. */
  override connect(...where: unknown[]): this {
    Reflect.apply(super.connect.bind(this), this, where);
    Reflect.deleteProperty(this, 'write');
    return this;
  }

  override write(chunk: string | Uint8Array, ...rest: never[]): boolean {
    if (!this.held) {
      this.held = true;
      this.cork();
      process.nextTick(() => {
        this.held = false;
        this.uncork();
      });
    }
    return super.write(chunk, ...rest);
  }
}
