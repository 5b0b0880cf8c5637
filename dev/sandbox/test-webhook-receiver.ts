import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

/** The webhook address of a shop: keeps the events that it receives, and answers with the status that the test sets. */
export class WebhookReceiver<Event extends { readonly type: string }> {
  readonly received: Event[] = [];
  port = 0;
  #server: Server | undefined;
  #away = false;

  /** @param read verifies a request and reads its event */
  constructor(
    public status: number,
    private readonly read: (body: Buffer, headers: IncomingHttpHeaders) => Event,
  ) {}

  open(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.received.push(this.read(Buffer.concat(chunks), request.headers));
        response.writeHead(this.status).end();
      });
    });
    server.on('connection', (socket) => this.#away && socket.destroy());
    this.#server = server;
    return new Promise((resolve) => {
      server.listen(this.port, '127.0.0.1', () => {
        const address = server.address();
        if (typeof address === 'object' && address) this.port = address.port;
        resolve();
      });
    });
  }

  /** Closes every connection at once, or listens again; it keeps its port, which another program could take. */
  set away(away: boolean) {
    this.#away = away;
    this.#server?.closeAllConnections();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server?.close(() => resolve());
      this.#server?.closeAllConnections();
    });
  }

  get types(): string[] {
    return this.received.map(({ type }) => type);
  }
}
