import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { InFlightRequests } from './in-flight-requests.js';

/**
 * Keeps to a number of connections. Where there would be more, the one that is open longest without a request to
 * work on makes room, so that many that say nothing, or little, cannot keep others out.
 */
export function limitConnections(server: Server, inFlight: InFlightRequests, atMost: number): void {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    if (connections.size <= atMost) return;
    // In the order they came; the new one itself is the last.
    const idle = [...connections].find((connection) => !inFlight.isWorkedOn(connection)) ?? socket;
    connections.delete(idle);
    idle.destroy();
  });
}
