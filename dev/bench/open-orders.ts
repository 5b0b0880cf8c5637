import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { addWaitingOrders } from '../seeding/waiting-orders.js';
import type { BenchRun } from './bench.js';
import type { BenchSystem } from './bench-system.js';
import { concurrently } from './concurrently.js';
import { placeOrder } from './place-order.js';
import { orderBody, POSTAL_CODES, PRODUCTS } from './seed-data.js';

export interface OpenOrderCounts {
  /** Orders with a run at Temporal, and orders that are rows in PostgreSQL only. */
  readonly runs: number;
  readonly rows: number;
}

/** Milliseconds until an order that was placed has come to wait for its delivery, for the last one and for each. */
const ARRIVES_WITHIN = { last: 60_000, each: 2_000 } as const;
const PAUSE = 500;
/** How many orders are placed between two lines of the log. */
const LOGGED = 1_000;

/** Open orders that wait for their delivery while others are measured: their parcels are never picked up. */
export class OpenOrders {
  private runs = 0;
  private rows = 0;

  constructor(private readonly run: Pick<BenchRun, 'system' | 'concurrency' | 'stopping' | 'log'>) {}

  /** Adds open orders until there are so many. @param mostRuns of them, that have a run */
  async fillTo(count: number, mostRuns: number): Promise<OpenOrderCounts> {
    const runs = Math.min(count, mostRuns) - this.runs;
    const rows = count - Math.min(count, mostRuns) - this.rows;
    if (rows > 0) await this.addRows(rows);
    if (runs > 0) await this.placeOrders(runs);
    return { runs: this.runs, rows: this.rows };
  }

  private async addRows(count: number): Promise<void> {
    this.run.log(`  Adding ${count} open orders as rows`);
    const skus = PRODUCTS.map(({ sku }) => sku);
    await addWaitingOrders(this.run.system.databaseUrl, { prefix: `WAITING-${this.rows}-`, count, skus });
    this.rows += count;
  }

  private async placeOrders(count: number): Promise<void> {
    const { system, concurrency, stopping, log } = this.run;
    await concurrently(count, concurrency, async (index) => {
      stopping.throwIfAborted();
      if (index % LOGGED === 0) log(`  Placing open orders: ${index} of ${count}`);
      await placeOrder(system, orderBody(index, POSTAL_CODES.neverPickedUp));
    });
    this.runs += count;
    const deadline = performance.now() + ARRIVES_WITHIN.last + ARRIVES_WITHIN.each * count;
    while ((await waiting(system)) < this.runs + this.rows || system.mails.received < this.runs) {
      if (performance.now() > deadline)
        throw new Error(`Not all of ${this.runs} orders have come to wait for their delivery in time`);
      await sleep(PAUSE, undefined, { signal: stopping });
    }
  }
}

async function waiting({ databaseUrl }: BenchSystem): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM order_wait WHERE step = 'deliver'`,
    );
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}
