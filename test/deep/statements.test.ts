import { expect, it } from 'vitest';

import { since, Statements, STATISTICS } from '../../dev/bench/statements.js';
import { post } from '../../dev/sandbox/test-sandbox.js';
import { startPostgres } from '../../dev/stack/postgres/postgres.js';
import { runChild } from '../../dev/stack/processes/child.js';
import { openDatabase } from '#libs/persistence/database/database';
import { statementSummary } from '#libs/persistence/database/statement-summary';

import { eventually } from '../support/eventually.js';
import { withSystem } from '../support/use-system.js';

const ORDERS = 20;
/** Of an order that is picked up, then delivered: 19, and what is repeated now and then. */
const MOST = 19.5;
/**
 * What is counted apart, as it grows with time and not with the orders: the sequencer, the sender of webhooks, marks of
 * what was signalled, new connections; and this test.
 */
const APART =
  /^(?:UPDATE outbox_event INSERT webhook_delivery|.*webhook_(?:endpoint|replay)|UPDATE orders UPDATE inbox_event|SELECT|SELECT order_event)$/;

it('an order costs no more statements than it did', async () => {
  const postgres = await startPostgres({ settings: STATISTICS });
  const database = openDatabase(postgres.url, 1);
  const statements = new Statements(postgres.port);
  try {
    await runChild({
      name: 'migrations',
      command: process.execPath,
      args: ['dist/prisma/migrate.js'],
      env: { ...process.env, DATABASE_URL: postgres.url },
    });
    await statements.enable();
    await withSystem(
      { databaseUrl: postgres.url, processes: 1, env: { SWEEP_INTERVAL: '10m' } },
      async (system) => {
        // Connections are opened, and statements prepared.
        const { id: first } = await system.place();
        const happened = async (type: string) => {
          const [row] = await database.$queryRaw<{ count: number }[]>`
          SELECT count(*)::int AS count FROM order_event WHERE type = ${type}`;
          return row?.count ?? 0;
        };
        const all = (type: string, count: number) =>
          eventually(
            () => happened(type),
            (found) => found >= count,
          );
        const report = (ids: readonly string[], type: string) =>
          Promise.all(
            ids.map((id) => post(`${system.sandbox.url}/sandbox/shipments/${id}/events`, { type })),
          );
        await all('shipment.created', 1);
        const before = await statements.counts();

        const placed = await Promise.all(Array.from({ length: ORDERS }, () => system.place()));
        const ids = placed.map(({ id }) => id);
        await all('shipment.created', 1 + ORDERS);
        await all('email.sent', 1 + ORDERS);
        await report(ids, 'shipment.picked_up');
        await all('email.sent', 1 + 2 * ORDERS);
        await report(ids, 'shipment.delivered');
        await all('order.closed', ORDERS);

        const counted = since(before, await statements.counts())
          .map(({ query, calls }) => ({ what: statementSummary(query), perOrder: calls / ORDERS }))
          .filter(({ what }) => !APART.test(what));
        const found = counted.reduce((sum, { perOrder }) => sum + perOrder, 0);
        const table = counted.map(({ what, perOrder }) => `${perOrder.toFixed(2)} ${what}`).join('\n');
        expect(found, table).toBeLessThanOrEqual(MOST);

        await report([first], 'shipment.delivered');
        await all('order.closed', 1 + ORDERS);
      },
    );
  } finally {
    await statements.close();
    await database.$disconnect();
    await postgres.stop();
  }
});
