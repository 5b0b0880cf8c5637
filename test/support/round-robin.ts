import { connect, createServer, type Server, type Socket } from 'node:net';

/** Passes each connection to the next of several ports, or to the one after where nothing listens: a load balancer. */
export class RoundRobin {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private next = 0;

  private constructor(private readonly targets: readonly number[]) {
    this.server = createServer((client) => {
      this.open.add(client);
      client.on('close', () => this.open.delete(client));
      client.on('error', () => client.destroy());
      this.pass(client, this.targets.length);
    });
  }

  static async listen(port: number, targets: readonly number[]): Promise<RoundRobin> {
    const proxy = new RoundRobin(targets);
    await new Promise<void>((resolve, reject) => {
      proxy.server.once('error', reject);
      proxy.server.listen(port, '127.0.0.1', resolve);
    });
    return proxy;
  }

  async close(): Promise<void> {
    for (const client of this.open) client.destroy();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
  }

  private pass(client: Socket, attempts: number): void {
    const target = this.targets[this.next % this.targets.length] ?? 0;
    this.next += 1;
    const upstream = connect(target, '127.0.0.1');
    let isConnected = false;
    upstream.once('connect', () => {
      isConnected = true;
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => {
      if (isConnected || attempts === 1 || client.destroyed) client.destroy();
      else this.pass(client, attempts - 1);
    });
    client.once('close', () => upstream.destroy());
  }
}
