import { createServer, type Server } from 'node:http';

import type { Logger } from './logger.js';

export interface MonitoringAnswer {
  readonly status: number;
  /** The media type of the body. */
  readonly type: string;
  readonly body: string;
}

/** What is answered to `GET`, by path. */
export type MonitoringRoutes = Readonly<Record<string, () => Promise<MonitoringAnswer>>>;

/** Answers those who watch a process: Prometheus and probes. Its port is not for callers of the service. */
export class MonitoringServer {
  readonly #server: Server;

  constructor(
    routes: MonitoringRoutes,
    private readonly logger: Logger,
  ) {
    this.#server = createServer((request, response) => {
      const path = request.url?.split('?', 1)[0] ?? '';
      const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
      if (request.method !== 'GET' || !route) return void response.writeHead(404).end();
      route().then(
        ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
        (error: unknown) => {
          logger.warn({ path, err: error }, 'a question of monitoring could not be answered');
          response.writeHead(500).end();
        },
      );
    });
  }

  /**
   * A port that is taken, by another process on this machine most likely, is no reason not to work.
   *
   * @param setting the variable that names the port
   * @returns the port; null when it is taken
   */
  async listen(host: string, port: number, setting: string): Promise<number | null> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject).listen(port, host, resolve);
      });
    } catch (error) {
      this.logger.warn(
        { port, setting, err: error },
        'the port for monitoring cannot be listened on: this process answers neither probes nor Prometheus',
      );
      return null;
    }
    // It keeps no process from its end.
    this.#server.unref();
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : null;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
