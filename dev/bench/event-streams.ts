import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { fillWithOrders } from '../seeding/many-orders.js';
import type { BenchRun } from './bench.js';
import type { BenchSystem } from './bench-system.js';
import { type EventStreamsRow, eventStreamsTable, LOADS } from './event-streams-table.js';
import { percentile } from './figures.js';
import { cpuOfAlone, residentOf } from './process-usage.js';

export interface EventStreamsRun extends Pick<BenchRun, 'system' | 'machine' | 'stopping' | 'log'> {
  readonly streams: number;
}

/** Milliseconds that each load is measured for, and before it. */
const MEASURED = 20_000;
const SETTLING = 3_000;
/** `fillWithOrders` makes so many at the least. */
const FEWEST_ORDERS = 100;
/** How many streams are opened at once. */
const AT_ONCE = 50;

/** Measures what an API uses while so many streams are open and read, beside loads of events. */
export async function measureEventStreams({ system, machine, streams, stopping, log }: EventStreamsRun) {
  const database = new pg.Client({ connectionString: system.databaseUrl, application_name: 'bench' });
  await database.connect();
  const readers = new StreamReaders(system);
  try {
    const rows: EventStreamsRow[] = [];
    await fillWithOrders(system.databaseUrl, Math.max(streams, FEWEST_ORDERS));
    for (const { streamsOf, perSecond } of LOADS) {
      if (readers.of !== streamsOf)
        await readers.open(streamsOf, await ordersFor(streamsOf, streams, database));
      const row = await measure({ system, readers, database, perSecond, stopping });
      rows.push({ streamsOf, perSecond, ...row });
      log(`  ${streamsOf}, ${perSecond} events a second: ${(row.cpu * 100).toFixed(1)} % of a core`);
    }
    const report = { at: new Date().toISOString(), machine, streams, rows };
    return { report, table: eventStreamsTable(report) };
  } finally {
    readers.close();
    await database.end();
  }
}

interface Measuring extends Pick<EventStreamsRun, 'system' | 'stopping'> {
  readonly readers: StreamReaders;
  readonly database: pg.Client;
  readonly perSecond: number;
}

async function measure({ system, readers, database, perSecond, stopping }: Measuring) {
  const [pid = Number.NaN] = system.pids('api');
  const writing = new AbortController();
  const written = writeEvents(database, perSecond, AbortSignal.any([writing.signal, stopping]));
  await sleep(SETTLING, undefined, { signal: stopping });
  readers.delays.length = 0;
  const [cpu, began] = [cpuOfAlone(pid), performance.now()];
  await sleep(MEASURED, undefined, { signal: stopping });
  const used = (cpuOfAlone(pid) - cpu) / (performance.now() - began);
  writing.abort();
  await written;
  const { rows } = await database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name <> 'bench' AND backend_type = 'client backend'`,
  );
  return {
    cpu: used,
    told: readers.delays.length,
    p50: percentile(readers.delays, 0.5),
    p99: percentile(readers.delays, 0.99),
    connections: rows[0]?.count ?? Number.NaN,
    megabytes: residentOf(pid) / 1e6,
    broken: readers.broken,
  };
}

/** Events with a place, at a steady rate, as the sequencer leaves them. */
async function writeEvents(database: pg.Client, perSecond: number, over: AbortSignal): Promise<void> {
  if (perSecond === 0) return;
  const began = performance.now();
  for (let count = 0; !over.aborted; count++) {
    await database.query(
      `INSERT INTO outbox_event (order_id, type, sequence, data)
       SELECT $1::uuid, 'order.placed', nextval('outbox_event_sequence'), jsonb_build_object('order', jsonb_build_object(
         'id', $1::uuid, 'version', 1, 'status', 'pending', 'payment', 'none', 'fulfilment', 'none'))`,
      [randomUUID()],
    );
    const due = began + ((count + 1) * 1_000) / perSecond - performance.now();
    await sleep(Math.max(due, 0), undefined, { signal: over }).catch(() => undefined);
  }
}

/** Orders whose streams are opened, to which no event comes; none where all follow all orders. */
async function ordersFor(
  streamsOf: EventStreamsRow['streamsOf'],
  count: number,
  database: pg.Client,
): Promise<readonly (string | null)[]> {
  if (streamsOf === 'all orders') return Array.from({ length: count }, () => null);
  const { rows } = await database.query<{ id: string }>('SELECT id::text AS id FROM orders LIMIT $1', [
    count,
  ]);
  return Array.from({ length: count }, (_, index) => rows[index % rows.length]?.id ?? null);
}

/** Open streams, each read as fast as it is written. */
class StreamReaders {
  of: EventStreamsRow['streamsOf'] | null = null;
  /** Milliseconds from when an event was written until it was read. */
  readonly delays: number[] = [];
  broken = 0;
  private agent = new Agent({ maxSockets: Infinity });

  constructor(private readonly system: BenchSystem) {}

  async open(of: EventStreamsRow['streamsOf'], orders: readonly (string | null)[]): Promise<void> {
    this.close();
    this.of = of;
    this.broken = 0;
    this.agent = new Agent({ maxSockets: Infinity });
    for (let at = 0; at < orders.length; at += AT_ONCE)
      await Promise.all(orders.slice(at, at + AT_ONCE).map((order) => this.openOne(order)));
  }

  close(): void {
    this.agent.destroy();
  }

  private async openOne(order: string | null): Promise<void> {
    const path = order === null ? '/events/stream' : `/orders/${order}/events/stream`;
    const headers = { authorization: `Bearer ${this.system.apiKey}` };
    const call = request(`${this.system.apiUrl}${path}`, { agent: this.agent, headers }).end();
    const [answer]: IncomingMessage[] = await once(call, 'response');
    if (answer?.statusCode !== 200) throw new Error(`${path} was answered with ${answer?.statusCode}`);
    const { agent } = this;
    const broke = () => {
      if (agent === this.agent) this.broken += 1;
    };
    call.on('error', () => undefined);
    answer.on('error', () => undefined).on('close', broke);
    answer.setEncoding('latin1').on('data', (text: string) => {
      for (const [, time = ''] of text.matchAll(/"time":"([^"]+)"/g))
        this.delays.push(Date.now() - Date.parse(time));
    });
  }
}
