import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type Exchange = ServerResponse<IncomingMessage>;

/** Which requests of a connection are not answered yet, or have not come in full. */
export class InFlightRequests {
  private readonly open = new WeakMap<Duplex, Set<Exchange>>();

  constructor(server: Server) {
    server.prependListener('request', (request, response) => {
      const { socket } = request;
      const open = this.open.get(socket) ?? new Set();
      this.open.set(socket, open.add(response));
      const done = () => open.delete(response);
      // An answer may come before the whole request has: the rest of it is still this one's.
      response.once('close', () => (request.complete ? done() : request.once('close', done)));
    });
  }

  of(connection: Duplex): readonly Exchange[] {
    return [...(this.open.get(connection) ?? [])];
  }

  /** Whether a request has arrived in full, and is worked on. */
  isWorkedOn(connection: Duplex): boolean {
    return this.of(connection).some(({ req }) => req.complete);
  }
}
