import { createServer, type Server } from 'node:http';

/** A collector of traces on loopback that counts what it receives and keeps nothing. */
export class TraceSink {
  /** Batches received so far. */
  received = 0;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async open(): Promise<TraceSink> {
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        sink.received += 1;
        response.end();
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    // It keeps this program from no end.
    server.unref();
    const address = server.address();
    const sink = new TraceSink(server, typeof address === 'object' && address ? address.port : 0);
    return sink;
  }

  /** What has the measured processes export their traces here. */
  get variables() {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.port}` };
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
