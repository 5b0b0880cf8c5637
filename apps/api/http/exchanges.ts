import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type Exchange = ServerResponse<IncomingMessage>;

/** Which requests of a connection are not answered yet. */
export class Exchanges {
  private readonly open = new WeakMap<Duplex, Set<Exchange>>();

  constructor(server: Server) {
    server.prependListener('request', (request, response) => {
      const { socket } = request;
      const open = this.open.get(socket) ?? new Set();
      this.open.set(socket, open.add(response));
      response.once('close', () => open.delete(response));
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
