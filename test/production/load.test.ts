import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.js';
import { OwnPostgres } from '../support/own-postgres.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';
import { BoughtOrders, GOODS } from './bought-orders.js';
import { faultsFor } from './faults.js';
import { Memory } from '../../dev/bench/memory.js';

const MINUTE = 60_000;
const MINUTES = Number(process.env['LOAD_MINUTES'] ?? 3);
const DURATION = MINUTES * MINUTE;
/** Orders a second: half of what two cores do, as faults cost, too. */
const RATE = Number(process.env['LOAD_RATE'] ?? 2);
/** Milliseconds for the last orders to end, and for the checks. */
const PATIENCE = 5 * MINUTE + DURATION / 4;
/** Milliseconds after which memory is to grow no more than by a share; in a short run a heap still grows. */
const SETTLED = Math.min(10 * MINUTE, DURATION / 3);
const TOLERANCE = MINUTES >= 30 ? 0.05 : 0.3;
const SAMPLE_EVERY = 5_000;

describe(`${MINUTES} minutes of ${RATE} orders a second, with faults`, () => {
  let postgres: OwnPostgres;
  let system: System;
  let orders: BoughtOrders;
  const memory: Record<string, Memory> = {};
  beforeAll(async () => {
    postgres = await OwnPostgres.start();
  }, PATIENCE);
  afterAll(async () => {
    await postgres.stop();
  }, PATIENCE);
  useSystem(
    (opened) => {
      system = opened;
    },
    () => ({
      databaseUrl: postgres.url,
      deliveryAfter: 2_000,
      // The second of each is killed; the first shows how much memory a process takes that lives on.
      processes: 2,
      // MALLOC_ARENA_MAX as the image has it.
      env: { RETRY_ATTEMPTS: '100', RETRY_MAX: '5s', LOG_LEVEL: 'info', MALLOC_ARENA_MAX: '2' },
    }),
    PATIENCE,
  );

  it(
    'lose no order, and charge each once',
    async () => {
      await system.store.catalogue.seed(GOODS);
      orders = new BoughtOrders(system);
      memory['API'] = new Memory(system.pid('api', 0));
      memory['worker'] = new Memory(system.pid('worker', 0));
      const over = new AbortController();
      const began = Date.now();
      const done: string[] = [];
      try {
        const placing = place(orders);
        const faulting = fault(began, done);
        const sampling = sample(over.signal);
        await Promise.all([placing, faulting]);
        const last = await allClosed();
        over.abort();
        await sampling;
        report(done, last - began);
      } finally {
        over.abort();
      }
      const { ended, attentions } = await ends();
      expect(orders.wrongEnds(ended)).toEqual([]);
      expect(ended.size).toBe(orders.orders.length);
      expect(attentions).toEqual([]);
      const charges = await system.charges();
      const twice = Object.entries(charges).filter(([, times]) => times > 1);
      expect(twice).toEqual([]);
      const paid = [...ended].filter(([, end]) => /captured|refunded/.test(end)).map(([id]) => id);
      expect(Object.keys(charges).toSorted()).toEqual(paid.toSorted());
    },
    DURATION + PATIENCE,
  );

  it.each(['API', 'worker'])('let the memory of a process grow no more: %s', (name) => {
    // It may fall: a heap is made smaller where it has room.
    expect(memory[name]?.change(SETTLED).ratio).toBeLessThan(1 + TOLERANCE);
  });

  /** Orders come at their rate, whether earlier ones were answered or not. */
  async function place(bought: BoughtOrders): Promise<void> {
    const began = Date.now();
    const under: Promise<void>[] = [];
    for (let n = 0; n < (DURATION / 1_000) * RATE; n++) {
      await delay(Math.max(0, began + (n * 1_000) / RATE - Date.now()));
      under.push(bought.buy(n));
    }
    await Promise.all(under);
  }

  async function fault(began: number, done: string[]): Promise<void> {
    for (const { at, what, act } of faultsFor(MINUTES, system, postgres)) {
      await delay(Math.max(0, began + at - Date.now()));
      await act();
      done.push(what);
    }
  }

  async function sample(over: AbortSignal): Promise<void> {
    do for (const each of Object.values(memory)) each.sample();
    while (await delay(SAMPLE_EVERY, true, { signal: over }).catch(() => false));
  }

  async function query<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
    const database = new pg.Client({ connectionString: system.databaseUrl });
    await database.connect();
    try {
      return (await database.query<T>(text)).rows;
    } finally {
      await database.end();
    }
  }

  /** @returns when the last order was closed */
  async function allClosed(): Promise<number> {
    await eventually(
      () => query('SELECT id FROM orders WHERE closed_at IS NULL LIMIT 5'),
      (open) => open.length === 0,
      PATIENCE,
    );
    return Date.now();
  }

  async function ends() {
    const rows = await query<{ id: string; end: string }>(
      `SELECT id::text AS id, status || ' ' || payment AS "end" FROM orders`,
    );
    const attentions = await query(
      'SELECT kind, step, reason, count(*)::int AS opened FROM attention GROUP BY kind, step, reason ORDER BY opened DESC',
    );
    return { ended: new Map(rows.map(({ id, end }) => [id, end])), attentions };
  }

  function report(done: readonly string[], took: number): void {
    const times = new Map<string, number>();
    for (const what of done) times.set(what, (times.get(what) ?? 0) + 1);
    const answered = orders.answeredIn.toSorted((a, b) => a - b);
    const at = (share: number) => `${Math.round(answered[Math.floor(answered.length * share)] ?? 0)} ms`;
    const lines = [
      `orders placed: ${orders.orders.length} in ${MINUTES} minutes; all closed after ${Math.round(took / 1_000)} s`,
      `POST /orders: median ${at(0.5)}, p99 ${at(0.99)}; repeated for a process that was killed, or 503: ${orders.repeated}`,
      [...times].map(([what, count]) => `${what}: ${count}`).join('; '),
      ...Object.entries(memory).map(([name, each]) => {
        const { from, to, ratio } = each.change(SETTLED);
        const course = each.each(DURATION / 12).map((megabytes) => megabytes.toFixed(0));
        return `memory of the ${name} that lived on: ${from.toFixed(0)} MB, in the end ${to.toFixed(0)} MB (${((ratio - 1) * 100).toFixed(1)} %); its course: ${course.join(', ')}`;
      }),
    ];
    process.stdout.write(`${lines.map((line) => `  · ${line}`).join('\n')}\n`);
  }
});
