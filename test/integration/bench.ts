import { randomUUID } from 'node:crypto';

import pg from 'pg';

import { OrderDecisions } from '../../apps/worker/activities/orders/decision.activities.js';
import type { CarrierEvent, CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Database } from '#libs/persistence/database/database';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import { Store } from '#libs/persistence/store';

import { checkInvariants, type Records } from '../support/invariants.js';
import { acceptOrder, CATALOGUE, type Wanted } from '../support/orders.js';
import { openTestDatabase, testDatabase } from '../support/test-database.js';

/** Longer than any test: an open order is at rest in a wait with a deadline. Milliseconds. */
const MEANWHILE = 600_000;

/** A statement and its values, as PostgreSQL takes them. */
interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The store on a separate database, and orders in the states in which tests begin. */
export class Bench {
  private constructor(
    readonly databaseUrl: string,
    readonly database: Database,
    readonly store: Store,
  ) {}

  static async open(): Promise<Bench> {
    const bench = Bench.on(await testDatabase());
    await bench.store.catalogue.seed(CATALOGUE);
    return bench;
  }

  /** On a database that is there, with its catalogue. */
  static on(databaseUrl: string): Bench {
    const database = openTestDatabase(databaseUrl);
    return new Bench(databaseUrl, database, new Store(database));
  }

  async accepted(wanted?: Wanted): Promise<OrderRecord> {
    const { id } = await acceptOrder(this.store, wanted);
    return this.order(id);
  }

  /** Reserves an order's goods; an order out of stock is closed as rejected. */
  async reserve(order: OrderRecord): Promise<'reserved' | 'already' | 'out_of_stock' | 'closed'> {
    const answer = await this.store.stock.reserve(order, MEANWHILE);
    if (answer === 'out_of_stock') await this.close(order.id, 'rejected');
    return answer;
  }

  /** A paid order whose parcel waits for the carrier. */
  async labelled(wanted?: Wanted): Promise<{ order: OrderRecord; id: OrderId; trackingNumber: string }> {
    const order = await this.paid(wanted);
    const trackingNumber = `TRK-${randomUUID()}`;
    await this.label(order, trackingNumber);
    return { order: await this.order(order.id), id: order.id, trackingNumber };
  }

  /** An order that is paid and has no label yet. */
  async paid(wanted?: Wanted): Promise<OrderRecord> {
    const order = await this.accepted(wanted);
    const answer = await this.reserve(order);
    if (answer !== 'reserved') throw new Error(`the order is ${answer}`);
    await this.store.orders.change(order, () => ({
      next: { status: 'confirmed' },
      intentStatus: 'captured',
      posts: [{ kind: 'captured', objectId: `pi_${order.id}`, amount: order.totals.total }],
      event: { type: 'payment.captured', actor: 'gateway' },
    }));
    return this.order(order.id);
  }

  async label(order: OrderRecord, trackingNumber: string): Promise<void> {
    await this.store.orders.change(order, () => ({
      next: { fulfilment: 'ready' },
      event: { type: 'shipment.created', actor: 'carrier' },
      ended: ['charge'],
      begun: { step: 'deliver', for: MEANWHILE },
      parcel: { is: 'labelled', carrier: 'sandbox', trackingNumber },
    }));
  }

  async close(id: OrderId, status: 'rejected' | 'cancelled' | 'delivered' | 'undelivered'): Promise<void> {
    const reason = { code: status === 'cancelled' ? 'cancelled' : 'out_of_stock', by: 'workflow' } as const;
    const decisions = new OrderDecisions(this.store);
    await decisions.closeOrder(
      id,
      status === 'rejected' || status === 'cancelled' ? { status, reason } : { status },
    );
  }

  /** What a run does after a final report: it refunds an order whose parcel did not arrive. */
  async finish(id: OrderId): Promise<void> {
    const order = await this.order(id);
    if (order.status !== 'delivered' && order.status !== 'undelivered') throw new Error(`${id} goes on`);
    if (order.status === 'undelivered') {
      await this.refund(order, order.totals.total);
    }
    await this.close(id, order.status);
  }

  /** Refunds money. @param amount minor units */
  async refund(order: OrderRecord, amount: number): Promise<void> {
    const refundId = await this.requestRefund(order, amount);
    await this.settleRefund(await this.order(order.id), refundId, amount);
  }

  /** Books a requested refund. @returns its id */
  async requestRefund(order: OrderRecord, amount: number): Promise<string> {
    const id = randomUUID();
    const refund = {
      is: 'requested',
      id,
      amount,
      reason: 'goodwill',
      restock: false,
      lines: [],
      requestedBy: 'tests',
    } as const;
    await this.store.orders.change(order, () => ({
      posts: [{ kind: 'refund_requested', objectId: id, amount }],
      event: { type: 'refund.requested', actor: 'tests' },
      refund,
    }));
    return id;
  }

  /** Books that the gateway has made a refund. */
  async settleRefund(order: OrderRecord, refundId: string, amount: number): Promise<void> {
    await this.store.orders.change(order, () => ({
      posts: [{ kind: 'refund_succeeded', objectId: refundId, amount }],
      event: { type: 'refund.succeeded', actor: 'gateway' },
      refund: { is: 'settled', id: refundId, state: 'succeeded' },
    }));
  }

  async order(id: OrderId): Promise<OrderRecord> {
    return this.store.orders.get(id);
  }

  async eventTypes(id: OrderId): Promise<string[]> {
    return (await this.store.orders.events(id)).map((event) => event.type);
  }

  /** Units of a product. */
  async stock(sku: string): Promise<{ onHand: number; reserved: number }> {
    const { onHand, reserved } = await this.database.product.findUniqueOrThrow({ where: { sku } });
    return { onHand, reserved };
  }

  /** How an order's goods moved, such as `MUG-BLUE shipped -2`. */
  async movements(id: OrderId): Promise<string[]> {
    const rows = await this.database.stockMovement.findMany({ where: { orderId: id } });
    return rows.map(({ sku, kind, quantity }) => `${sku} ${kind} ${quantity}`).sort();
  }

  /** PostgreSQL's plan of a store's query, for its values. */
  async plan(ask: (store: Store) => Promise<unknown>): Promise<string> {
    const asked: Asked[] = [];
    const recording = new Proxy(this.database, {
      get: (database, name) =>
        name === '$queryRaw'
          ? (query: Parameters<Database['$queryRaw']>[0] & Asked) => {
              asked.push(query);
              return database.$queryRaw(query);
            }
          : Reflect.get(database, name),
    });
    await ask(new Store(recording));
    const last = asked.at(-1);
    if (!last) throw new Error('nothing was asked');
    return this.planOf(last.text, last.values);
  }

  /** PostgreSQL's plan of a statement. */
  async planOf(text: string, values: readonly unknown[] = []): Promise<string> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...values]);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    } finally {
      await client.end();
    }
  }

  async checkInvariants(records: Records = {}): Promise<void> {
    await checkInvariants(this.databaseUrl, records);
  }

  async end(): Promise<void> {
    await this.store.close();
  }
}

/** The event of a carrier's webhook. */
export function carrierEvent(
  type: CarrierEventType,
  trackingNumber: string,
  changes: Partial<CarrierEvent> = {},
): CarrierEvent {
  return { eventId: `evt_${randomUUID()}`, type, trackingNumber, occurredAt: new Date(), ...changes };
}
