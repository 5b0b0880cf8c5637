import { describe, expect, it, beforeAll, afterAll } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';
import type { Store } from '#libs/persistence/store';

import { Bench } from '../integration/bench.js';
import { addOpenOrders } from '../../dev/seeding/open-orders.js';
import { type Explained, ExplainingStore } from '../support/explained.js';

const OPEN = 100_000;
/** Of each kind that the sweeper repeats. */
const DUE = 20;
/** How many items a sweep takes. */
const BATCH = 200;
/** How many rows a batch of the removal looks at. */
const OLD = 100;
/** Open orders that one look for lost runs compares, at LOST_RUN_INTERVAL=30s. */
const COMPARED = OPEN / 100;
const SETTLING = 5_000;
const DAY = 86_400_000;

/** Tables that have rows for each order. */
const LARGE = [
  'orders',
  'order_event',
  'order_wait',
  'effect',
  'shipment',
  'inbox_event',
  'idempotency_key',
  'attention',
  'refund',
];
const largeAmong = (tables: readonly string[]) => tables.filter((table) => LARGE.includes(table));

/** How long each statement took, each time. */
const byText = (statements: readonly Explained[]) =>
  statements.reduce(
    (times, { text, time }) => times.set(text, [...(times.get(text) ?? []), time]),
    new Map<string, number[]>(),
  );

describe(`with ${OPEN} orders open`, () => {
  let bench: Bench;
  let explaining: ExplainingStore;
  let store: Store;
  const figures: Record<string, { ms: number; rowsRead: number }> = {};
  beforeAll(async () => {
    bench = await Bench.open();
    await addOpenOrders(bench.databaseUrl, OPEN, DUE);
    explaining = await ExplainingStore.open(bench.databaseUrl);
    ({ store } = explaining);
    return async () => {
      await explaining.close();
      await bench.end();
    };
  }, 300_000);
  afterAll(() => console.table(figures));

  /** The statements that `ask` makes, the worst of both kinds of plan. */
  async function explained(name: string, ask: () => Promise<unknown>): Promise<readonly Explained[]> {
    explaining.explained.length = 0;
    // Every page is in memory after the first time.
    await ask();
    explaining.explained.length = 0;
    for (let times = 0; times < 3; times++) await ask();
    const statements = [...explaining.explained];
    figures[name] = {
      ms: Math.max(...[...byText(statements).values()].map((times) => Math.min(...times))),
      rowsRead: Math.max(...statements.map(({ rowsRead }) => rowsRead)),
    };
    return statements;
  }

  const queries: Readonly<Record<string, readonly [rows: number, ask: () => Promise<unknown>]>> = {
    start: [2 * DUE, () => store.sweep.neverStarted(SETTLING, BATCH)],
    refund: [10 * DUE, () => store.refunds.toStart(SETTLING, BATCH)],
    cancel: [4 * DUE, () => store.cancellations.unsignalled(SETTLING, BATCH)],
    attempt: [2 * DUE, () => store.paymentAttempts.unsignalled(SETTLING, BATCH)],
    claim: [100 * DUE, () => store.inbox.unclaimed(BATCH)],
    report: [4 * DUE, () => store.inbox.unsignalled(SETTLING, BATCH)],
    known: [30 * DUE, () => store.paymentInbox.settleKnown()],
    look: [30 * DUE, () => store.paymentInbox.unsettled(SETTLING, BATCH)],
    answer: [2 * DUE, () => store.attention.unsignalled(SETTLING, BATCH)],
    'lost: estimate': [2, () => store.runLook.estimateOpen()],
    'lost: compare': [5 * BATCH, () => store.runLook.openAfter(null, COMPARED)],
    'lost: changed lately': [10 * BATCH, () => store.runLook.changedLately(BATCH)],
    'lost: stuck': [2 * COMPARED, () => store.runLook.stuck(1_000)],
    'leases: all': [0, () => store.sweepLeases.of('start')],
    'remove: keys': [5 * OLD, () => store.oldRows.remove('idempotency_key', 30 * DAY, OLD)],
    'remove: events': [5 * OLD, () => store.oldRows.remove('inbox_event', 90 * DAY, OLD)],
  };

  it.each(Object.entries(queries))(
    'the query of "%s" reads no table from end to end',
    async (name, [most, ask]) => {
      const statements = await explained(name, ask);
      expect(statements.length).toBeGreaterThan(0);
      for (const { text, rowsRead, scanned } of statements) {
        expect(rowsRead, text).toBeLessThanOrEqual(most);
        expect(largeAmong(scanned), text).toEqual([]);
      }
    },
  );

  it('an event of a parcel that is not in transit reads as little, though labels are being made', async () => {
    const [closed] = await bench.database.$queryRaw<{ id: OrderId; number: string }[]>`
      UPDATE shipment s SET status = 'delivered' FROM orders o WHERE s.order_id = o.id AND o.number = 'P-50'
      RETURNING o.id::text, s.tracking_number AS number`;
    const trackingNumber = closed?.number ?? '';
    const event = {
      eventId: 'late',
      type: 'shipment.in_transit',
      trackingNumber,
      occurredAt: new Date(),
    } as const;
    const statements = await explained('webhook', () => store.inbox.receive(event));
    for (const { text, rowsRead, scanned } of statements) {
      expect(rowsRead, text).toBeLessThanOrEqual(100);
      expect(largeAmong(scanned), text).toEqual([]);
    }
  });
});
