import pg from 'pg';

import { fillWithOrders } from '../seeding/many-orders.js';
import { addTrails } from '../seeding/order-trails.js';
import type { BenchRun } from './bench.js';
import { lookUps, orderLists, type SampleOrders } from './list-requests.js';
import type { RequestTimes } from './request-times.js';
import { requestTimes } from './request-times.js';
import { storedOrdersTable } from './stored-orders-table.js';

export interface StoredOrdersRun extends Pick<BenchRun, 'system' | 'machine' | 'stopping' | 'log'> {
  readonly storedOrders: number;
}

/** How many orders are looked up, spread over all. */
const SAMPLES = 200;
/** `fillWithOrders` places an order a minute. Milliseconds. */
const BETWEEN_ORDERS = 60_000;

/** Measures every list and look-up of the API among so many stored orders. */
export async function measureStoredOrders({ system, machine, storedOrders, stopping, log }: StoredOrdersRun) {
  log(`  Adding ${storedOrders} orders as rows`);
  await fillWithOrders(system.databaseUrl, storedOrders);
  stopping.throwIfAborted();
  log('  Adding what they leave in the other tables');
  await addTrails(system.databaseUrl, 'N-');
  const bytes = await query<{ size: string }>(
    system.databaseUrl,
    'SELECT pg_database_size(current_database()) AS size',
  );
  const requests = [
    ...lookUps(await sampleOrders(system.databaseUrl, storedOrders)),
    ...orderLists(storedOrders * BETWEEN_ORDERS),
  ];
  // For compiled code and open connections.
  for (const request of requests.slice(0, 2)) await requestTimes(system, request);
  const times: RequestTimes[] = [];
  for (const request of requests) {
    stopping.throwIfAborted();
    const measured = await requestTimes(system, request);
    times.push(measured);
    if (measured.kind !== 'pair of filters')
      log(`  ${measured.name}: p50 ${measured.p50.toFixed(1)} ms, p99 ${measured.p99.toFixed(1)} ms`);
  }
  const report = {
    at: new Date().toISOString(),
    machine,
    storedOrders,
    databaseBytes: Number(bytes[0]?.size),
    times,
  };
  return { report, table: storedOrdersTable(report) };
}

/** `fillWithOrders` and `addTrails` say which orders were refunded or cancelled. */
async function sampleOrders(databaseUrl: string, count: number): Promise<SampleOrders> {
  const rows = await query<{ id: string; kind: keyof SampleOrders }>(
    databaseUrl,
    `SELECT o.id::text AS id, s.kind
     FROM generate_series(0, $1::int - 1) i CROSS JOIN LATERAL (VALUES ('any', i), ('refunded', 1), ('cancelled', 95)) s (kind, place)
     JOIN orders o ON o.number = 'N-' || ((i::bigint * $2 / $1 / 100) * 100 + s.place % 100)`,
    [SAMPLES, count],
  );
  const of = (kind: keyof SampleOrders) => rows.filter((row) => row.kind === kind).map(({ id }) => id);
  return { any: of('any'), refunded: of('refunded'), cancelled: of('cancelled') };
}

async function query<T extends pg.QueryResultRow>(
  connectionString: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<T>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
