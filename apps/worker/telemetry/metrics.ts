import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

import { DISCREPANCY_KINDS } from '#libs/domain/reconciliation/reconciliation';
import type { DiscrepancyRepository } from '#libs/persistence/reconciliation/discrepancy.repository';
import type { RunLookRepository } from '#libs/persistence/runs/run-look.repository';
import type { MonitoringAnswer } from '#libs/telemetry/monitoring-server';

/** A worker's metrics for Prometheus. */
export class WorkerMetrics {
  readonly #registry = new Registry();

  constructor(
    discrepancies: Pick<DiscrepancyRepository, 'countOpen'>,
    lostRuns: Pick<RunLookRepository, 'alarmed'>,
  ) {
    collectDefaultMetrics({ register: this.#registry });
    addDiscrepancies(this.#registry, discrepancies);
    addLostRuns(this.#registry, lostRuns);
  }

  async answer(): Promise<MonitoringAnswer> {
    return { status: 200, type: this.#registry.contentType, body: await this.#registry.metrics() };
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
