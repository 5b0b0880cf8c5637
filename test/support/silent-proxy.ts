import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Forwards TCP connections, until some are silenced: they stay open, and carry nothing any more. */
export class SilentProxy {
  private readonly pairs: { readonly client: Socket; readonly server: Socket }[] = [];

  private constructor(
    private readonly listener: Server,
    /** The target's URL, through here. */
    readonly url: string,
  ) {}

  /** @param target a URL with host and port */
  static async before(target: string): Promise<SilentProxy> {
    const url = new URL(target);
    const { hostname, port } = url;
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed');
    [url.hostname, url.port] = ['127.0.0.1', String(address.port)];
    const proxy = new SilentProxy(listener, url.href);
    listener.on('connection', (client) => proxy.forward(client, connect(Number(port), hostname)));
    return proxy;
  }

  /** How many connections are open, the silent ones included. */
  get open(): number {
    return this.pairs.length;
  }

  /** Has those that are open go silent. @param atMost how many */
  silence(atMost = Infinity): void {
    for (const { client, server } of this.pairs.slice(0, atMost)) {
      // Not even an end is passed on.
      client.unpipe(server).pause();
      server.unpipe(client).pause();
    }
  }

  async close(): Promise<void> {
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.destroy());
    this.listener.close();
    await once(this.listener, 'close');
  }

  private forward(client: Socket, server: Socket): void {
    const pair = { client, server };
    this.pairs.push(pair);
    client.setNoDelay().pipe(server);
    server.setNoDelay().pipe(client);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        client.destroy();
        server.destroy();
        const index = this.pairs.indexOf(pair);
        if (index >= 0) this.pairs.splice(index, 1);
      });
    }
  }
}
