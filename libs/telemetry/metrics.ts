import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { type LabelOf, type MetricOf, type MetricRule, METRICS } from './metric-catalogue.js';
import type { MonitoringAnswer } from './monitoring-server.js';

/** The metrics of a process: those of Node and those of the catalogue that its parts ask for. */
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<N extends MetricOf<'counter'>>(name: N): Counter<LabelOf<N>> {
    return new Counter<LabelOf<N>>(this.settings(name));
  }

  /** @param collect sets its values whenever it is read */
  gauge<N extends MetricOf<'gauge'>>(
    name: N,
    collect?: (gauge: Gauge<LabelOf<N>>) => void | Promise<void>,
  ): Gauge<LabelOf<N>> {
    return new Gauge<LabelOf<N>>({
      ...this.settings(name),
      ...(collect && {
        collect() {
          return collect(this);
        },
      }),
    });
  }

  histogram<N extends MetricOf<'histogram'>>(name: N): Histogram<LabelOf<N>> {
    return new Histogram<LabelOf<N>>({ ...this.settings(name), buckets: [...METRICS[name].buckets] });
  }

  /** As Prometheus asks for it. @param others lines of metrics that are kept elsewhere */
  async answer(others = ''): Promise<MonitoringAnswer> {
    const own = await this.registry.metrics();
    return { status: 200, type: this.registry.contentType, body: own + others };
  }

  private settings<N extends keyof typeof METRICS>(name: N) {
    const { help, labels }: MetricRule & { readonly labels: readonly LabelOf<N>[] } = METRICS[name];
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }
}
