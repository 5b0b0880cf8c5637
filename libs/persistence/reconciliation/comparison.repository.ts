// Raw SQL: an order and both sides of its books are read as of one moment, by one statement.
import type { OrderId } from '#libs/domain/order/order-id';
import {
  type BookedMoney,
  type Fact,
  GATEWAY_FACTS,
  type Span,
} from '#libs/domain/reconciliation/reconciliation';

import type { Database } from '../database/database.js';
import { moneyInFlight } from './discrepancy.sql.js';
import { Prisma } from '../generated/client.js';
import { OrderNotFound, type OrderRecord } from '../orders/order-record.js';
import { selectOrders } from '../orders/order-record.sql.js';

/** An order with its side of a comparison. */
export interface OrderComparison {
  readonly order: OrderRecord;
  readonly money: BookedMoney;
  /** Whether a call about its money is under way, or money was booked too recently to compare. */
  readonly isMoving: boolean;
  /** Whether a difference was found before that is still open. */
  readonly hasDiscrepancies: boolean;
}

/** Reads the books as a reconciliation needs them. */
export class ComparisonRepository {
  constructor(private readonly db: Database) {}

  /** What was booked about money at the gateway within a span of time. */
  async facts({ from, to }: Span): Promise<Fact[]> {
    return this.db.$queryRaw<Fact[]>`
      SELECT kind, at, order_id::text AS "orderId", object_id AS "objectId", amount FROM ledger_transaction
      WHERE id >= ${firstIdAt(from)}::uuid AND id < ${firstIdAt(to)}::uuid
        AND order_id IS NOT NULL AND kind = ANY(${[...GATEWAY_FACTS]}::text[])`;
  }

  /** The orders that these intents belong to, by intent. */
  async ordersOf(intentIds: readonly string[]): Promise<Map<string, OrderId>> {
    const rows = await this.db.$queryRaw<{ intentId: string; id: OrderId }[]>`
      SELECT intent_id AS "intentId", id::text AS id FROM orders WHERE intent_id = ANY(${[...intentIds]}::text[])`;
    return new Map(rows.map(({ intentId, id }) => [intentId, id]));
  }

  /**
   * Orders that are compared even without a movement: their intent or a refund is unsettled, or a difference was
   * found before. In the order of their ids.
   *
   * @param since only refunds requested and orders placed before this
   */
  async unsettled(before: Date, after: OrderId | null, limit: number): Promise<OrderId[]> {
    const rows = await this.db.$queryRaw<{ id: OrderId }[]>`
      SELECT id::text AS id FROM (
        SELECT id FROM orders WHERE closed_at IS NULL AND intent_id IS NOT NULL AND created_at < ${before}
          AND (intent_status IS NULL OR intent_status NOT IN ('captured', 'canceled'))
        UNION SELECT order_id FROM refund WHERE state IN ('requested', 'pending') AND requested_at < ${before}
        UNION SELECT order_id FROM discrepancy WHERE closed_at IS NULL AND order_id IS NOT NULL) o
      WHERE ${after}::uuid IS NULL OR id > ${after}::uuid ORDER BY id LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }

  /**
   * @param before the comparison leaves alone what was booked after it
   * @throws OrderNotFound
   */
  async ofOrder(id: OrderId, before: Date): Promise<OrderComparison> {
    const [row] = await this.db.$queryRaw<OrderComparison[]>(
      selectOrders(
        Prisma.sql`(SELECT * FROM orders WHERE id = ${id}::uuid)`,
        Prisma.sql`
          ${moneyInFlight(Prisma.sql`o.id`, before)} AS "isMoving",
          EXISTS (SELECT 1 FROM discrepancy f WHERE f.order_id = o.id AND f.closed_at IS NULL) AS "hasDiscrepancies",
          jsonb_build_object(
            'intentId', o.intent_id,
            'captured', (SELECT COALESCE(sum(t.amount), 0) FROM ledger_transaction t
              WHERE t.order_id = o.id AND t.kind = 'captured'),
            'refunds', (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', r.id, 'providerId', r.provider_id,
                'amount', r.amount, 'state', r.state) ORDER BY r.requested_at, r.id), '[]')
              FROM refund r WHERE r.order_id = o.id),
            'adopted', (SELECT COALESCE(jsonb_agg(jsonb_build_object('objectId', t.object_id, 'amount', t.amount)), '[]')
              FROM ledger_transaction t WHERE t.order_id = o.id AND t.kind = 'refund_adopted'),
            'withheld', (SELECT COALESCE(jsonb_agg(jsonb_build_object('objectId', t.object_id,
                'amount', CASE t.kind WHEN 'dispute_withdrawn' THEN t.amount ELSE -t.amount END)), '[]')
              FROM ledger_transaction t
              WHERE t.order_id = o.id AND t.kind IN ('dispute_withdrawn', 'dispute_reinstated'))) AS money`,
      ),
    );
    if (!row) throw new OrderNotFound(`no order ${id}`);
    return row;
  }
}

/**
 * The least UUIDv7 of a time (RFC 9562, section 5.7). Transactions are found by it, because their ids are made
 * when they are and stand in an index, which their times do not.
 */
function firstIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
