// Raw SQL: the outcomes of many requests, of several tables, are read by one statement, several times a second.
import { type Outcome, outcomeOf, type OutcomeFacts } from '#libs/domain/order/outcome';

import type { Database } from '../database/database.js';

/** A request that has an outcome. */
export interface OutcomeSubject {
  readonly about: OutcomeFacts['about'];
  /** Its own; a cancellation has that of its order, and a resolution that of its attention. */
  readonly id: string;
}

/** The outcomes of requests. */
export class OutcomeRepository {
  constructor(private readonly db: Database) {}

  /** The outcomes of all of these, in their order, read by one statement. */
  async of(asked: readonly OutcomeSubject[]): Promise<Outcome[]> {
    const rows = await this.db.$queryRaw<(OutcomeFacts & { readonly at: number })[]>`
      SELECT a.at::int, a.about, f.facts FROM unnest(${asked.map(({ about }) => about)}::text[],
        ${asked.map(({ id }) => id)}::uuid[]) WITH ORDINALITY AS a (about, id, at),
      LATERAL (SELECT CASE a.about
        WHEN 'order' THEN (
          SELECT jsonb_build_object('status', o.status, 'payment', o.payment, 'endCode', o.end_code, 'wasConfirmed',
            CASE WHEN o.status IN ('cancelling', 'cancelled') THEN EXISTS (SELECT 1 FROM order_event e
                WHERE e.order_id = o.id AND e.changes -> 'status' ->> 'to' = 'confirmed')
              ELSE o.status NOT IN ('pending', 'rejected') END)
          FROM orders o WHERE o.id = a.id)
        WHEN 'refund' THEN (SELECT jsonb_build_object('state', r.state) FROM refund r WHERE r.id = a.id)
        WHEN 'cancellation' THEN (SELECT jsonb_build_object('state', c.state) FROM cancellation c WHERE c.order_id = a.id)
        WHEN 'resolution' THEN (
          SELECT jsonb_build_object('isApplied', t.applied_at IS NOT NULL) FROM attention t WHERE t.id = a.id)
      END AS facts) f
      WHERE f.facts IS NOT NULL`;
    const known = new Map(rows.map((row) => [row.at, outcomeOf(row)]));
    return asked.map((_, index) => known.get(index + 1) ?? { is: 'open' });
  }
}
