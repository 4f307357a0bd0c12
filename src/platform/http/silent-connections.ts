import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/** On a connection that is younger, the first request may be on its way. */
const YOUNG_MS = 500;

/**
 * Has `closeIdleConnections` close those, too, on which nothing ever came, once they are half a second old. Browsers and balancers open
 * some in reserve; Node takes them for busy, so that a server that is to end would wait for each until its header fields are overdue.
 */
export function closeSilentConnections(server: Server): void {
  const openedAt = new Map<Socket, number>();
  server.on(server instanceof HttpsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    openedAt.set(socket, performance.now());
    socket.once('close', () => openedAt.delete(socket));
  });
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    closeIdle();
    const latest = performance.now() - YOUNG_MS;
    for (const [socket, since] of openedAt) if (socket.bytesRead === 0 && since < latest) socket.destroy();
  };
}
