import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

export interface Patience {
  readonly lookEveryMs: number;
  /** Looks in a row at which a connection has not taken what waits for it. */
  readonly looks: number;
}

/** Two minutes for the next piece of an answer: 200 KB at the speed of a telephone of the nineties. */
const PATIENCE: Patience = { lookEveryMs: 20_000, looks: 6 };

interface Reader {
  taken: number;
  stuck: number;
}

/**
 * Cuts connections whose other end asks, and then hardly reads: each holds its answer in our memory. Node bounds how long a request may
 * take to come, and nothing bounds how long an answer may take to go. Looking at connections now and then costs requests nothing.
 */
export function cutSlowReaders(server: Server, patience: Patience = PATIENCE): void {
  const readers = new Map<Socket, Reader>();
  server.on(server instanceof HttpsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    readers.set(socket, { taken: 0, stuck: 0 });
    socket.once('close', () => readers.delete(socket));
  });
  const timer = setInterval(() => {
    for (const [socket, reader] of readers) if (isStuck(socket, reader, patience.looks)) socket.destroy();
  }, patience.lookEveryMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

/** Counts in whole pieces, since a stream tells of a piece when all of it has gone. */
function isStuck(socket: Socket, reader: Reader, looks: number): boolean {
  const waiting = socket.writableLength;
  const taken = socket.bytesWritten - waiting;
  reader.stuck = waiting > 0 && taken === reader.taken ? reader.stuck + 1 : 0;
  reader.taken = taken;
  return reader.stuck >= looks;
}
