import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { InFlightRequests } from './in-flight-requests.js';

const leaving = new WeakMap<Socket, () => void>();

/** Counts a connection no more, nor closes it: its request has a limit of its own. It must end with that request. */
export const exemptFromLimit = (socket: Socket): void => leaving.get(socket)?.();

/**
 * Limits the number of connections. Beyond it, the oldest connection without a request in progress is closed, so that
 * idle or slow clients cannot block others.
 */
export function limitConnections(server: Server, inFlight: InFlightRequests, atMost: number): void {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    const leave = () => connections.delete(socket);
    leaving.set(socket, leave);
    socket.once('close', leave);
    if (connections.size <= atMost) return;
    // Oldest first; the new connection is the last.
    const idle = [...connections].find((connection) => !inFlight.isProcessing(connection)) ?? socket;
    connections.delete(idle);
    idle.destroy();
  });
}
