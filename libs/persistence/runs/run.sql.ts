import { KEEPS_FAILING, RUN_KINDS } from '#libs/domain/order/attention';
import type { StepName } from '#libs/domain/order/steps';

import { Prisma } from '../generated/client.js';

/** Whose events say that money or a parcel has moved. */
const OUTSIDE = Prisma.sql`('gateway', 'carrier')`;

/** Attentions `a` about the last run of the order `o`. */
const ABOUT_LAST_RUN = Prisma.sql`a.order_id = o.id AND a.kind = 'run_closed'
  AND a.opened_at >= COALESCE(o.started_at, '-infinity')`;

/**
 * Whether a person is asked about the last run of the order `o`, or has acknowledged that it is gone (or keeps
 * failing), and neither money nor the parcel has moved since.
 */
export const isKnown = (isFailing: boolean) => Prisma.sql`EXISTS (
  SELECT 1 FROM attention a WHERE ${ABOUT_LAST_RUN} AND (a.resolved_at IS NULL
    OR a.action = 'acknowledge' AND (a.reason = ${KEEPS_FAILING}) = ${isFailing} AND NOT EXISTS (
      SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.at > a.resolved_at AND e.actor IN ${OUTSIDE})))`;

/** Whether it is known that the order `o` has no run, and none is to take it up. */
export const HAS_NO_RUN = Prisma.sql`EXISTS (
  SELECT 1 FROM attention a WHERE ${ABOUT_LAST_RUN} AND a.reason <> ${KEEPS_FAILING}
    AND (a.resolved_at IS NULL OR a.action = 'acknowledge'))`;

/**
 * Ends what the order's last run asked a person and what its attempts waited for, as expressions over `changed`: the
 * next run asks and tries anew. Waits that last until their deadline stay, but for `ended` ones.
 */
export const leaveRun = (ended: readonly StepName[] = []) => [
  Prisma.sql`withdrawn AS (UPDATE attention a SET resolved_at = now(), by = 'workflow', signalled_at = now()
    FROM changed c WHERE a.order_id = c.id AND a.resolved_at IS NULL AND a.refund_id IS NULL
      AND a.kind = ANY(${[...RUN_KINDS]}))`,
  // What was answered and not heard is read by the next run.
  Prisma.sql`heard AS (UPDATE attention a SET applied_at = now()
    FROM changed c WHERE a.order_id = c.id AND a.resolved_at IS NOT NULL AND a.action IS NOT NULL
      AND a.applied_at IS NULL AND a.refund_id IS NULL AND a.kind = ANY(${[...RUN_KINDS]}))`,
  Prisma.sql`left_waits AS (DELETE FROM order_wait w USING changed c
    WHERE w.order_id = c.id AND (NOT w.durable OR w.step = ANY(${[...ended]}::text[])))`,
  Prisma.sql`kept_waits AS (UPDATE order_wait w SET attempt = 0, next_try_at = NULL, last_error = NULL
    FROM changed c WHERE w.order_id = c.id AND w.durable AND NOT w.step = ANY(${[...ended]}::text[]))`,
];

/** Ends, as answered by `action`, what a person was asked about the order's last run; an expression over `changed`. */
export const answerForRun = (by: string) => Prisma.sql`
  run_answered AS (UPDATE attention a SET resolved_at = now(), by = ${by}, action = 'restart', signalled_at = now(),
      applied_at = now()
    FROM changed c WHERE a.order_id = c.id AND a.resolved_at IS NULL AND a.kind = 'run_closed')`;
