import { createServer, type Server } from 'node:http';

import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

import { DISCREPANCY_KINDS } from '#libs/domain/reconciliation/reconciliation';
import type { DiscrepancyRepository } from '#libs/persistence/reconciliation/discrepancy.repository';
import type { RunLookRepository } from '#libs/persistence/runs/run-look.repository';
import type { Logger } from '#libs/telemetry/logger';

/** A worker's metrics for Prometheus, at `GET /metrics`. */
export class MetricsServer {
  readonly #registry = new Registry();
  readonly #server: Server;

  constructor(
    discrepancies: Pick<DiscrepancyRepository, 'countOpen'>,
    lostRuns: Pick<RunLookRepository, 'alarmed'>,
    private readonly logger: Logger,
  ) {
    collectDefaultMetrics({ register: this.#registry });
    addDiscrepancies(this.#registry, discrepancies);
    addLostRuns(this.#registry, lostRuns);
    this.#server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
      this.#registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': this.#registry.contentType }).end(text),
        (error: unknown) => {
          logger.warn({ err: error }, 'the metrics could not be read');
          response.writeHead(503).end();
        },
      );
    });
  }

  /**
   * A port that is taken, by another worker on this machine most likely, is no reason not to work.
   *
   * @returns the port; null when it is taken
   */
  async listen(host: string, port: number): Promise<number | null> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject).listen(port, host, resolve);
      });
    } catch (error) {
      this.logger.warn(
        { port, err: error },
        'METRICS_PORT cannot be listened on: this worker shows no metrics',
      );
      return null;
    }
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

/** Read at each request, so that every worker reports the same. */
function addDiscrepancies(registry: Registry, discrepancies: Pick<DiscrepancyRepository, 'countOpen'>): void {
  const open = new Gauge({
    name: 'order_discrepancies_open',
    help: 'Open differences between the payment provider and our ledger',
    labelNames: ['kind'],
    registers: [registry],
    async collect() {
      const counts = new Map((await discrepancies.countOpen()).map(({ kind, count }) => [kind, count]));
      for (const kind of DISCREPANCY_KINDS) open.set({ kind }, counts.get(kind) ?? 0);
    },
  });
}

/** Above zero there is an alarm: then no run is restarted, and no attention is opened for each order. */
function addLostRuns(registry: Registry, lostRuns: Pick<RunLookRepository, 'alarmed'>): void {
  const alarmed = new Gauge({
    name: 'order_runs_lost',
    help: 'Lost runs that the last look found, at least, where they are more than LOST_RUN_LIMIT; else 0',
    registers: [registry],
    async collect() {
      alarmed.set(await lostRuns.alarmed());
    },
  });
}
