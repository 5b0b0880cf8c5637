import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type SweptRuns, Sweeper } from '../../apps/worker/sweeper/sweeper.js';
import type { OrderId } from '#libs/domain/order/order-id';
import { Store } from '#libs/persistence/store';
import { createLogger } from '#libs/telemetry/logger';

import { openTestDatabase } from '../support/test-database.js';
import { type Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

const WORKERS = 10;
/** Of each kind. */
const ROWS = 12;
const INTERVAL = 10_000;

/** A Temporal that takes a while for each call, counts it, and has the row marked as the service does. */
class CountedRuns implements SweptRuns {
  readonly calls: string[] = [];
  /** Calls that fail, by what they are about. */
  readonly failing = new Set<string>();

  constructor(private readonly store: Store) {}

  async start(id: OrderId, _: unknown, run = 1): Promise<void> {
    await this.call(`start ${id}`);
    await this.store.orders.markStarted(id, run);
  }

  async startRefund(refundId: string): Promise<void> {
    await this.call(`refund ${refundId}`);
    await this.store.refunds.markStarted(refundId);
  }

  async requestCancellation({ orderId }: { readonly orderId: OrderId }): Promise<void> {
    await this.call(`cancel ${orderId}`);
    await this.store.cancellations.markSignalled(orderId);
  }

  async attemptPayment(attempt: { readonly orderId: OrderId; readonly attempt: number }): Promise<void> {
    await this.call(`attempt ${attempt.orderId}`);
    await this.store.paymentAttempts.markSignalled(attempt);
  }

  async reportShipment(report: Parameters<SweptRuns['reportShipment']>[0]): Promise<void> {
    await this.call(`report ${report.eventId}`);
    await this.store.inbox.markSignalled(report);
  }

  /** A sync settles its events later. */
  async ensurePaymentSync(orderId: OrderId): Promise<void> {
    await this.call(`look ${orderId}`);
  }

  async resolveAttention({ attentionId }: { readonly attentionId: string }): Promise<void> {
    await this.call(`answer ${attentionId}`);
    await this.store.attention.markSignalled(attentionId);
  }

  private async call(name: string): Promise<void> {
    this.calls.push(name);
    await delay(2);
    if (this.failing.has(name)) throw new Error(`${name} fails`);
  }
}

describe('ten workers that sweep at once', () => {
  let bench: Bench;
  let runs: CountedRuns;
  let stores: Store[];
  let sweepers: Sweeper[];
  useBench((opened) => {
    bench = opened;
  }, 'impossible rows');
  beforeAll(() => {
    runs = new CountedRuns(bench.store);
    const logger = createLogger('test', 'silent');
    stores = Array.from({ length: WORKERS }, () => new Store(openTestDatabase(bench.databaseUrl)));
    sweepers = stores.map(
      (store) =>
        new Sweeper(
          store,
          runs,
          { look: () => Promise.resolve() },
          { remove: () => Promise.resolve() },
          logger,
          INTERVAL,
        ),
    );
  });
  afterAll(() => Promise.all(stores.map((store) => store.close())));

  const sweep = () => Promise.all(sweepers.map((sweeper) => sweeper.sweep()));
  const times = <T>(make: (at: number) => Promise<T>) =>
    Promise.all(Array.from({ length: ROWS }, (_, at) => make(at)));
  const callsOf = (kind: string) => runs.calls.filter((call) => call.startsWith(`${kind} `));
  /** Makes stored rows old enough for the sweeper, and what was left alone for now due. */
  async function pass(): Promise<void> {
    for (const [table, column] of [
      ['orders', 'created_at'],
      ['refund', 'requested_at'],
      ['cancellation', 'requested_at'],
      ['payment_attempt', 'requested_at'],
      ['inbox_event', 'applied_at'],
      ['inbox_event', 'received_at'],
      ['attention', 'resolved_at'],
      ['sweep_lease', 'until'],
    ])
      await bench.database.$executeRawUnsafe(
        `UPDATE ${table} SET ${column} = ${column} - interval '1 minute' WHERE ${column} IS NOT NULL`,
      );
  }

  it('process each row once, of every kind', async () => {
    await times(() => bench.accepted());
    const started = await times(() => bench.labelled());
    for (const { id } of started) await bench.store.orders.markStarted(id);
    await times(async (at) => {
      const { id, trackingNumber } = started[at] ?? (await bench.labelled());
      const order = await bench.order(id);
      await bench.store.cancellations.request(order, 'service:shop');
      await bench.requestRefund(await bench.order(id), 100);
      await bench.database.paymentAttempt.create({
        data: { orderId: id, attempt: 2, method: 'pm_card_visa', requestedBy: 'service:shop' },
      });
      await bench.database.order.update({ where: { id }, data: { intentId: `pi_${id}` } });
      await bench.store.paymentInbox.receive({
        eventId: `evt_${id}`,
        type: 'charge.refunded',
        objectId: `pi_${id}`,
        occurredAt: new Date(),
        matters: true,
      });
      await bench.database.attention.create({
        data: {
          id: crypto.randomUUID(),
          orderId: id,
          kind: 'parked',
          step: 'charge',
          reason: 'timeout',
          resolvedAt: new Date(),
          action: 'retry',
          by: 'service:ops',
        },
      });
      return trackingNumber;
    });
    await times(async () => {
      // An event that came before its label.
      const order = await bench.paid();
      const trackingNumber = `TRK-${order.id}`;
      await bench.store.orders.markStarted(order.id);
      await bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber));
      await bench.label(order, trackingNumber);
      // And one that was applied.
      const applied = await bench.labelled();
      await bench.store.orders.markStarted(applied.id);
      await bench.store.inbox.receive(carrierEvent('shipment.picked_up', applied.trackingNumber));
    });
    await pass();

    await sweep();
    await sweep();
    expect(new Set(runs.calls).size).toBe(runs.calls.length);
    const counts = Object.fromEntries(
      ['start', 'refund', 'cancel', 'attempt', 'look', 'answer'].map((kind) => [kind, callsOf(kind).length]),
    );
    expect(counts).toEqual({
      start: ROWS,
      refund: ROWS,
      cancel: ROWS,
      attempt: ROWS,
      look: ROWS,
      answer: ROWS,
    });
    expect(callsOf('report')).toHaveLength(2 * ROWS);
  });

  it('repeat once at each interval what fails, and what is not settled yet', async () => {
    const failing = await times(() => bench.accepted());
    for (const { id } of failing.slice(0, 3)) runs.failing.add(`start ${id}`);
    await pass();
    runs.calls.length = 0;
    await sweep();
    await sweep();
    expect(callsOf('start')).toHaveLength(ROWS);
    expect(callsOf('look')).toHaveLength(ROWS);

    await pass();
    runs.calls.length = 0;
    await sweep();
    expect(callsOf('start').toSorted()).toEqual([...runs.failing].toSorted());
    expect(callsOf('look')).toHaveLength(ROWS);

    runs.failing.clear();
    await pass();
    runs.calls.length = 0;
    await sweep();
    expect(callsOf('start')).toHaveLength(3);
  });

  it('divide what is more than one of them takes', async () => {
    const MANY = 500;
    const { id } = await bench.accepted();
    await bench.database.$executeRaw`
      INSERT INTO payment_attempt (order_id, attempt, method, requested_by, requested_at)
      SELECT ${id}::uuid, n + 1, 'pm_card_visa', 'service:shop', now() - interval '1 minute'
      FROM generate_series(1, ${MANY}::int) n`;
    runs.calls.length = 0;
    await sweep();
    expect(callsOf('attempt')).toHaveLength(MANY);
    expect(await bench.store.paymentAttempts.unsignalled(0, MANY)).toEqual([]);
  });

  it('leave no lease behind that is of no row', async () => {
    await bench.database.$executeRaw`UPDATE sweep_lease SET until = now() - interval '2 hours'`;
    await sweepers[0]?.sweep();
    expect(await bench.database.sweepLease.count({ where: { duty: { notIn: ['look', 'cancel'] } } })).toBe(0);
  });
});
