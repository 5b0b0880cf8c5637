import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import { InFlightRequests } from './in-flight-requests.js';

/** Closes a server's connections without losing a request that has arrived. */
export class ConnectionDrain {
  private readonly connections = new Set<Socket>();
  private readonly inFlight: InFlightRequests;
  private begun = false;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
    server.prependListener('request', ({ socket }) => {
      if (this.begun) this.closeAfterAnswer(socket);
    });
    // Its listener runs first, so that it has counted the request.
    this.inFlight = new InFlightRequests(server);
  }

  get hasBegun(): boolean {
    return this.begun;
  }

  /** From now on the last response on each connection has `Connection: close` (RFC 9112, 9.6). */
  begin(): void {
    this.begun = true;
    for (const connection of this.connections) this.closeAfterAnswer(connection);
  }

  /** Closes every connection on which no request has arrived in full. */
  closeIncomplete(): void {
    for (const connection of this.connections)
      if (!this.inFlight.isProcessing(connection)) connection.destroy();
  }

  private closeAfterAnswer(connection: Socket): void {
    const open = this.inFlight.of(connection).filter(({ headersSent }) => !headersSent);
    const last = open.at(-1);
    for (const response of open) {
      // Of pipelined requests only the last response may close the connection.
      if (response === last) response.setHeader('Connection', 'close');
      else response.removeHeader('Connection');
    }
  }
}
