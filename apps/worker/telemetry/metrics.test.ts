import { afterEach, describe, expect, it } from 'vitest';

import { createLogger } from '#libs/telemetry/logger';

import { MetricsServer } from './metrics.js';

const logger = createLogger('test', 'silent');

describe('the metrics', () => {
  const opened: MetricsServer[] = [];
  async function serve(
    countOpen: ConstructorParameters<typeof MetricsServer>[0]['countOpen'],
    port = 0,
    alarmed = async () => 0,
  ) {
    const server = new MetricsServer({ countOpen }, { alarmed }, logger);
    opened.push(server);
    return server.listen('127.0.0.1', port);
  }
  afterEach(async () => {
    for (const server of opened.splice(0)) await server.close();
  });

  it('count open discrepancies by kind, as they are when asked', async () => {
    const counts = [[{ kind: 'unknown_refund', count: 2 } as const], []];
    const port = await serve(async () => counts.shift() ?? []);
    const ask = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const first = await ask();
    expect(first).toContain('order_discrepancies_open{kind="unknown_refund"} 2\n');
    expect(first).toContain('order_discrepancies_open{kind="missing_charge"} 0\n');
    expect(first).toContain('process_cpu_seconds_total');
    expect(await ask()).toContain('order_discrepancies_open{kind="unknown_refund"} 0\n');
  });

  it('count lost runs, where they are too many to act on', async () => {
    const port = await serve(
      async () => [],
      0,
      async () => 21,
    );
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('order_runs_lost 21\n');
  });

  it('are 503 while the database is unreachable, and nothing else is served', async () => {
    const port = await serve(() => Promise.reject(new Error('away')));
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  });

  it('are left out where the port is taken', async () => {
    const port = await serve(async () => []);
    expect(await serve(async () => [], port ?? 0)).toBeNull();
  });
});
