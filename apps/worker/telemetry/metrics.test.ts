import { describe, expect, it } from 'vitest';

import { WorkerMetrics } from './metrics.js';

type CountOpen = ConstructorParameters<typeof WorkerMetrics>[0]['countOpen'];

const metrics = (countOpen: CountOpen, alarmed = 0) =>
  new WorkerMetrics({ countOpen }, { alarmed: async () => alarmed });

describe('the metrics', () => {
  it('count open discrepancies by kind, as they are when asked', async () => {
    const counts = [[{ kind: 'unknown_refund', count: 2 } as const], []];
    const watched = metrics(async () => counts.shift() ?? []);
    const { body } = await watched.answer();
    expect(body).toContain('order_discrepancies_open{kind="unknown_refund"} 2\n');
    expect(body).toContain('order_discrepancies_open{kind="missing_charge"} 0\n');
    expect(body).toContain('process_cpu_seconds_total');
    expect((await watched.answer()).body).toContain('order_discrepancies_open{kind="unknown_refund"} 0\n');
  });

  it('count lost runs, where they are too many to act on', async () => {
    expect((await metrics(async () => [], 21).answer()).body).toContain('order_runs_lost 21\n');
  });
});
