import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type InFlightResponse = ServerResponse<IncomingMessage>;

/** The requests of each connection that are not answered, or have not arrived in full. */
export class InFlightRequests {
  private readonly open = new WeakMap<Duplex, Set<InFlightResponse>>();

  constructor(server: Server) {
    server.prependListener('request', (request, response) => {
      const { socket } = request;
      const open = this.open.get(socket) ?? new Set();
      this.open.set(socket, open.add(response));
      const done = () => open.delete(response);
      // A response may be sent before the request has arrived in full: the request is then still in flight.
      response.once('close', () => (request.complete ? done() : request.once('close', done)));
    });
  }

  of(connection: Duplex): readonly InFlightResponse[] {
    return [...(this.open.get(connection) ?? [])];
  }

  /** Whether a request has arrived in full and is being processed. */
  isProcessing(connection: Duplex): boolean {
    return this.of(connection).some(({ req }) => req.complete);
  }
}
