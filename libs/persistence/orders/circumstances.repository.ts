// Raw SQL: rows of five tables, as one statement.
import type { ExplainedOrder } from '#libs/domain/explanation/explained-order';
import type { OrderId } from '#libs/domain/order/order-id';

import type { Database } from '../database/database.js';
import { time } from './order-record.sql.js';

/** What explains how an order stands, beside its record. */
export type Circumstances = Pick<
  ExplainedOrder,
  'startedAt' | 'cancellation' | 'refunds' | 'answers' | 'calls'
>;

export class CircumstancesRepository {
  constructor(private readonly db: Database) {}

  /** @returns null where there is no such order */
  async ofOrder(id: OrderId): Promise<Circumstances | null> {
    const [row] = await this.db.$queryRaw<Circumstances[]>`
      SELECT ${time('o.started_at')} AS "startedAt",
        (SELECT jsonb_build_object('state', c.state, 'code', c.code) FROM cancellation c WHERE c.order_id = o.id) AS cancellation,
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('lines', r.lines, 'restock', r.restock, 'state', r.state)
          ORDER BY r.requested_at, r.id), '[]') FROM refund r WHERE r.order_id = o.id) AS refunds,
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('action', a.action) ORDER BY a.resolved_at), '[]') FROM attention a
          WHERE a.order_id = o.id AND a.action IS NOT NULL AND a.applied_at IS NULL AND o.closed_at IS NULL) AS answers,
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('name', substr(e.key, 38), 'since', ${time('e.started_at')})
          ORDER BY e.started_at), '[]') FROM effect e WHERE e.order_id = o.id AND e.state = 'started') AS calls
      FROM orders o WHERE o.id = ${id}::uuid`;
    return row ?? null;
  }
}
