import { ABOUT_THE_RUN, KEEPS_FAILING, RUN_KINDS } from '#libs/domain/order/attention';
import type { OrderChange } from '#libs/domain/order/order-change';

import { ATTENTION_TOLD } from '../events/outbox.sql.js';
import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** The actors whose events report that money or a parcel has moved. */
const OUTSIDE = Prisma.sql`('gateway', 'carrier')`;

/** Whether the attention `a` is about a run that is stuck, or about one that is gone. */
export const IS_STUCK = Prisma.sql`(a.kind = 'run_stuck' OR a.kind = 'run_closed' AND a.reason = ${KEEPS_FAILING})`;
export const IS_GONE = Prisma.sql`(a.kind = 'run_closed' AND a.reason <> ${KEEPS_FAILING})`;

/** Attentions `a` about the last run of the order `o`. */
const ABOUT_LAST_RUN = Prisma.sql`a.order_id = o.id AND a.kind = ANY(${[...ABOUT_THE_RUN]})
  AND a.opened_at >= COALESCE(o.started_at, '-infinity')`;

/**
 * Whether an attention about the last run of the order `o` is open, or was acknowledged as gone (or as stuck), and
 * neither money nor the parcel has moved since.
 */
export const isKnown = (as: 'gone' | 'stuck') => Prisma.sql`EXISTS (
  SELECT 1 FROM attention a WHERE ${ABOUT_LAST_RUN} AND (a.resolved_at IS NULL
    OR a.action = 'acknowledge' AND ${as === 'stuck' ? IS_STUCK : IS_GONE} AND NOT EXISTS (
      SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.at > a.resolved_at AND e.actor IN ${OUTSIDE})))`;

/** Whether it is known that the order `o` has no run, and none is to resume it. */
export const HAS_NO_RUN = Prisma.sql`EXISTS (
  SELECT 1 FROM attention a WHERE ${ABOUT_LAST_RUN} AND ${IS_GONE}
    AND (a.resolved_at IS NULL OR a.action = 'acknowledge'))`;

/** Only while `run` is the last run of the order, and has begun. */
export function requireLastRun(statement: ChangeStatement, run: number): void {
  statement.check(
    'last_run',
    Prisma.sql`
      SELECT o.id FROM ${statement.before} b JOIN orders o ON o.id = b.id
      WHERE o.run = ${run}::int AND o.started_at IS NOT NULL`,
  );
}

/**
 * Ends the attentions and waits of the order's last run: the next run opens its own.
 * Waits that last until their deadline stay, but for those that the change ends. The question about the run itself is
 * answered, where the change is not the answer to it.
 */
export function leaveRun(statement: ChangeStatement, { event, ended = [], resolves }: OrderChange): void {
  const { changed } = statement;
  const kinds = [...RUN_KINDS];
  const steps = [...ended];
  const withdrawn = statement.also(
    'withdrawn',
    Prisma.sql`
      UPDATE attention SET resolved_at = now(), by = 'workflow', signalled_at = now() FROM ${changed} c
      WHERE attention.order_id = c.id AND attention.resolved_at IS NULL AND attention.refund_id IS NULL
        AND attention.kind = ANY(${kinds}) RETURNING ${ATTENTION_TOLD}`,
  );
  statement.tellEach('attention.resolved', withdrawn);
  // The next run reads answers that were not signalled.
  statement.also(
    'applied',
    Prisma.sql`
      UPDATE attention a SET applied_at = now() FROM ${changed} c
      WHERE a.order_id = c.id AND a.resolved_at IS NOT NULL AND a.action IS NOT NULL
        AND a.applied_at IS NULL AND a.refund_id IS NULL AND a.kind = ANY(${kinds})`,
  );
  statement.also(
    'left_waits',
    Prisma.sql`
      DELETE FROM order_wait w USING ${changed} c
      WHERE w.order_id = c.id AND (NOT w.durable OR w.step = ANY(${steps}::text[]))`,
  );
  statement.also(
    'kept_waits',
    Prisma.sql`
      UPDATE order_wait w SET attempt = 0, next_try_at = NULL, last_error = NULL FROM ${changed} c
      WHERE w.order_id = c.id AND w.durable AND NOT w.step = ANY(${steps}::text[])`,
  );
  if (resolves) return;
  const answered = statement.also(
    'run_answered',
    Prisma.sql`
      UPDATE attention SET resolved_at = now(), by = ${event.actor}, action = 'restart', signalled_at = now(),
        applied_at = now()
      FROM ${changed} c WHERE attention.order_id = c.id AND attention.resolved_at IS NULL
        AND attention.kind = ANY(${[...ABOUT_THE_RUN]}) RETURNING ${ATTENTION_TOLD}`,
  );
  statement.tellEach('attention.resolved', answered);
}
