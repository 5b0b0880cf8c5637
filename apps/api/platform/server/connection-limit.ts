import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { InFlightRequests } from './in-flight-requests.js';

/**
 * Limits the number of connections. Beyond it, the oldest connection without a request in progress is closed, so that
 * idle or slow clients cannot block others.
 */
export function limitConnections(server: Server, inFlight: InFlightRequests, atMost: number): void {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    if (connections.size <= atMost) return;
    // Oldest first; the new connection is the last.
    const idle = [...connections].find((connection) => !inFlight.isProcessing(connection)) ?? socket;
    connections.delete(idle);
    idle.destroy();
  });
}
