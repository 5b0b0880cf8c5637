// Raw SQL: an order is stored, changed and read whole by one statement each, as every order does so.
import { actorOf } from '#libs/domain/order/actor';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import { IllegalTransition, INITIAL_STATE } from '#libs/domain/order/states';
import type { Totals } from '#libs/domain/money/totals';
import type { OrderChange } from '#libs/domain/order/order-change';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';
import { eventRows, insertEvents } from '../events/outbox.sql.js';
import { orderPage, settledUntil } from './order-list.sql.js';
import type { Begun } from '../effects/effect.repository.js';
import { orderAfter } from './order-after.js';
import { changeStatement, type ChangeResult } from './order-change.sql.js';
import {
  type Address,
  type Customer,
  type LineRecord,
  OrderNotFound,
  type OrderRecord,
} from './order-record.js';
import type { OrderListener } from './order-listener.js';
import type { OrderPage } from './order-list.js';
import { selectOrders } from './order-record.sql.js';

export interface NewOrder {
  readonly id: OrderId;
  readonly number: string;
  readonly customer: Customer;
  readonly shippingAddress: Address;
  readonly billingAddress?: Address;
  readonly currency: string;
  readonly lines: readonly LineRecord[];
  readonly totals: Totals;
  readonly paymentMethod: string;
  readonly policy: OrderPolicy;
  /** Of the request that places it. */
  readonly requestId?: string;
}

export interface OrderEventRecord {
  readonly id: string;
  /** Its place in the trail. */
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly actor: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

type Decide = (order: OrderRecord) => OrderChange | null | Promise<OrderChange | null>;

/** A change that was written. */
interface Written {
  readonly begun: Begun | null;
}

/** Orders and their audit trail. */
export class OrderRepository {
  constructor(
    private readonly db: Database,
    private readonly listener?: OrderListener,
  ) {}

  /**
   * Stores a new order with its lines, its first audit row and its request key, all or nothing. Its time is read
   * from the clock within the transaction, as `settledUntil` needs it.
   *
   * @returns the order; null when the request key was used before, and nothing is stored then
   */
  async accept(order: NewOrder, request: ScopedIdempotencyKey): Promise<OrderRecord | null> {
    const { customer, totals } = order;
    const lines = order.lines.map((line, position) => ({ ...line, position }));
    const [accepted] = await this.db.$queryRaw<{ createdAt: Date }[]>`
      WITH asked AS (
        INSERT INTO idempotency_key (principal, operation, key, request_hash, order_id)
        VALUES (${request.principal}, ${request.operation}, ${request.key}, ${request.requestHash}, ${order.id}::uuid)
        ON CONFLICT DO NOTHING RETURNING order_id, clock_timestamp()::timestamptz(3) AS at),
      accepted AS (
        INSERT INTO orders (id, number, status, payment, fulfilment, customer_id, customer_name, customer_email,
          shipping_address, billing_address, currency, subtotal, shipping, discount, tax, total, payment_method, policy,
          request_id, created_at, updated_at)
        SELECT order_id, ${order.number}, ${INITIAL_STATE.status}, ${INITIAL_STATE.payment}, ${INITIAL_STATE.fulfilment},
          ${customer.id ?? null}, ${customer.name}, ${customer.email},
          ${JSON.stringify(order.shippingAddress)}::jsonb, ${jsonOrNull(order.billingAddress)}::jsonb,
          ${order.currency}, ${totals.subtotal}, ${totals.shipping}, ${totals.discount}, ${totals.tax}, ${totals.total},
          ${order.paymentMethod}, ${JSON.stringify(order.policy)}::jsonb, ${order.requestId ?? null}, at, at
        FROM asked RETURNING id, created_at, version, status, payment, fulfilment),
      logged AS (
        INSERT INTO order_event (order_id, type, actor, changes)
        SELECT id, 'order.accepted', ${actorOf(request.principal)}, ${JSON.stringify({
          status: { from: null, to: INITIAL_STATE.status },
          payment: { from: null, to: INITIAL_STATE.payment },
          fulfilment: { from: null, to: INITIAL_STATE.fulfilment },
        })}::jsonb FROM accepted),
      told AS (${insertEvents(Prisma.sql`accepted`, eventRows([{ type: 'order.placed', about: {} }]))}),
      lined AS (
        INSERT INTO order_line (id, order_id, position, sku, name, quantity, unit_price, tax_rate, placed_at)
        SELECT l.id, accepted.id, l.position, l.sku, l.name, l.quantity, l."unitPrice", l."taxRate", accepted.created_at
        FROM accepted, jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
          AS l (id uuid, position int, sku text, name text, quantity int, "unitPrice" bigint, "taxRate" numeric))
      SELECT created_at AS "createdAt" FROM accepted`;
    if (!accepted) return null;
    const record = asAccepted(order, accepted.createdAt.toISOString());
    this.listener?.accepted(record);
    return record;
  }

  async find(id: OrderId): Promise<OrderRecord | null> {
    const statement = selectOrders(Prisma.sql`(SELECT * FROM orders WHERE id = ${id}::uuid)`);
    const [row] = await this.db.$queryRaw<{ order: OrderRecord }[]>(statement);
    if (row) this.listener?.read(row.order);
    return row?.order ?? null;
  }

  /** @throws OrderNotFound */
  async get(id: OrderId): Promise<OrderRecord> {
    const order = await this.find(id);
    if (!order) throw new OrderNotFound(`no order ${id}`);
    return order;
  }

  /** A page of orders, the newest first, or those changed last, unless another order is requested. */
  async list(page: OrderPage): Promise<OrderRecord[]> {
    const until = page.order === 'oldest' ? await this.settledUntil() : undefined;
    const statement = orderPage(page, until);
    // The rows that match differ too much for a plan without the filters' values.
    const [, rows] = await this.db.$transaction([
      this.db.$executeRaw`SET LOCAL plan_cache_mode = force_custom_plan`,
      this.db.$queryRaw<{ order: OrderRecord }[]>(statement),
    ]);
    return rows.map((row) => row.order);
  }

  private async settledUntil(): Promise<Date | undefined> {
    const [row] = await this.db.$queryRaw<{ until: Date }[]>(settledUntil);
    return row?.until;
  }

  /**
   * The audit trail, oldest first. Rows of one order are written one after another, so that none appears before one
   * that was read. @param after the `seq` of the row before; @param limit all, where it is left out
   */
  async events(
    id: OrderId,
    { after = 0, limit = null }: { after?: number; limit?: number | null } = {},
  ): Promise<OrderEventRecord[]> {
    const rows = await this.db.$queryRaw<(Omit<OrderEventRecord, 'at'> & { at: Date })[]>`
      SELECT id::text AS id, seq, at, type, actor, changes FROM order_event
      WHERE order_id = ${id}::uuid AND seq > ${after} ORDER BY seq LIMIT ${limit}`;
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  /**
   * Writes the fact that `decide` makes of the order; when the order has changed meanwhile, reads it and
   * decides again.
   *
   * @param order as the caller has read it
   * @param decide null when there is nothing to write. It may read what belongs to the order, too: nothing of that
   *   changes without the order's version, and then it decides again
   * @returns whether a change was written: false when there was none, or its conditions did not hold
   * @throws IllegalTransition when `libs/domain` does not allow the change
   */
  async change(order: OrderRecord, decide: Decide): Promise<boolean> {
    return (await this.write(order, decide)) !== null;
  }

  /** The same. @returns null where nothing was written; else also the effect that began with the change, if one did */
  async write(order: OrderRecord, decide: Decide): Promise<Written | null> {
    // A change that loses the race has seen another one succeed; the bound only guards against a bug.
    for (let attempt = 0, current = order; attempt < 500; attempt++, current = await this.get(order.id)) {
      const change = await decide(current);
      if (change === null) return null;
      const statement = await this.statement(current, change);
      if (statement === null) continue;
      // Before anything is written: an error must mean that nothing was.
      const after = change.begins ? orderAfter(current, change) : null;
      const [result] = await this.db.$queryRaw<ChangeResult[]>(statement);
      if (!result?.current) continue;
      if (result.written) this.listener?.changed(current, change, result.booked ?? []);
      if (!result.written) return null;
      const { begunEffect: effect } = result;
      return { begun: effect && after ? { order: after, effect } : null };
    }
    throw new Error(`order ${order.id} changed faster than it could be read`);
  }

  /**
   * Writes a change by a statement that answers the order as it was before, too.
   *
   * @returns null where nothing was written
   */
  async writeAndRead(
    change: OrderChange,
    statement: Prisma.Sql,
  ): Promise<(Written & { readonly order: OrderRecord }) | null> {
    const [result] = await this.db.$queryRaw<(ChangeResult & { order: OrderRecord | null })[]>(statement);
    if (!result?.written || result.order === null) return null;
    const { order, begunEffect: effect, booked } = result;
    this.listener?.read(order);
    this.listener?.changed(order, change, booked ?? []);
    return { order, begun: effect ? { order: orderAfter(order, change), effect } : null };
  }

  /** Null when the change is not allowed from the state that was read, and the order has another state by now. */
  private async statement(order: OrderRecord, change: OrderChange): Promise<Prisma.Sql | null> {
    try {
      return changeStatement(order, change);
    } catch (error) {
      if (!(error instanceof IllegalTransition) || (await this.get(order.id)).version === order.version)
        throw error;
      return null;
    }
  }

  /** Remembers that the order's last run is known to exist, if this is still the last. */
  async markStarted(id: OrderId, run = 1): Promise<void> {
    await this.db.$executeRaw`
      UPDATE orders SET started_at = now() WHERE id = ${id}::uuid AND run = ${run} AND started_at IS NULL`;
  }
}

/** The record of an order that was just accepted, as a read would return it. */
function asAccepted(order: NewOrder, createdAt: string): OrderRecord {
  return {
    id: order.id,
    number: order.number,
    customer: order.customer,
    shippingAddress: order.shippingAddress,
    currency: order.currency,
    lines: order.lines,
    totals: order.totals,
    paymentMethod: order.paymentMethod,
    policy: order.policy,
    requestId: order.requestId ?? null,
    ...INITIAL_STATE,
    version: 1,
    endReason: null,
    intentId: null,
    intentStatus: null,
    attempt: 1,
    decline: null,
    holdUntil: null,
    dispute: null,
    acceptedAmount: null,
    booked: {},
    createdAt,
    updatedAt: createdAt,
    closedAt: null,
    shipments: [],
    attention: [],
    waits: [],
  };
}

const jsonOrNull = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
