import { expect, it } from 'vitest';

import { ConnectionPool } from '#libs/persistence/database/connection-pool';
import { FigureRepository } from '#libs/persistence/figures/figures.repository';
import { createLogger } from '#libs/telemetry/logger';
import { Metrics } from '#libs/telemetry/metrics';

import { OrderFigures } from './order-figures.js';

it('figures are left out while the database is away, and the other metrics are shown', async () => {
  const pool = new ConnectionPool('postgresql://orders@127.0.0.1:1/orders', 1);
  const metrics = new Metrics();
  new OrderFigures(new FigureRepository(pool), createLogger('test', 'silent')).showIn(metrics);
  const { status, body } = await metrics.answer();
  await pool.end();
  expect(status).toBe(200);
  expect(body).toMatch(/^process_cpu_seconds_total \d/m);
  const figures = [...body.matchAll(/^order_figures_read_timestamp_seconds\{figure="(\w+)"\} \d/gm)];
  expect(figures.map(([, figure]) => figure)).toEqual([
    'orders_open',
    'order_waits',
    'order_attentions_open',
    'order_backlog',
    'order_discrepancies_open',
    'webhook_endpoints',
    'order_runs_stuck',
    'order_runs_lost',
  ]);
  expect(body).not.toMatch(/^order(?!_figures_read)[a-z_]*(\{.*\})? \d/m);
});
