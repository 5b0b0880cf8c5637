import type { Actor, EndReason } from '#libs/domain/order/end';
import { movementsFor } from '#libs/domain/stock/goods';
import { afterBooking, type IntentState, paymentOf, type Posting } from '#libs/domain/ledger/ledger';
import { type OrderState, transition } from '#libs/domain/order/states';
import type { StepName } from '#libs/domain/order/steps';

import { decideCancellation } from '../cancellations/cancellation.sql.js';
import { Prisma } from '../generated/client.js';
import { book } from '../ledger/ledger.sql.js';
import type { OrderRecord } from './order-record.js';
import { moveGoods } from '../stock/stock.sql.js';

/**
 * One fact about an order: what it changes, the audit row that explains it, and whatever must be written with
 * it. All of it is written by one statement, or none of it.
 */
export interface OrderChange {
  /**
   * The states it leads to; what `libs/domain` does not allow is refused before anything is written. Where money
   * moves, or the provider speaks of the intent, `payment` follows from that and is not named here.
   */
  readonly next?: Partial<OrderState>;
  readonly event: {
    readonly type: string;
    readonly actor: Actor;
    readonly details?: Readonly<Record<string, unknown>>;
  };
  readonly intentId?: string;
  /** What the provider says of the intent. */
  readonly intentStatus?: IntentState;
  /** Why, where that is `declined`: the provider's code, or ours. */
  readonly declineCode?: string;
  /** When the money that is held goes free. */
  readonly holdUntil?: Date;
  /** Another attempt to pay, that becomes the last one. */
  readonly attempt?: { readonly number: number; readonly method: string };
  /** What is booked with it. */
  readonly posts?: readonly Posting[];
  /** What an operator takes instead of the order's total, in minor units. */
  readonly acceptedAmount?: number;
  readonly endReason?: EndReason;
  /** The run has nothing left to do. */
  readonly closes?: boolean;
  /** Another run is to take the order up: the sweeper starts it. */
  readonly restarts?: boolean;
  /** Waits that end. */
  readonly ended?: readonly StepName[];
  /** A durable wait that begins; `for` in milliseconds. */
  readonly begun?: { readonly step: StepName; readonly for: number };
  /** Further `name AS (…)` expressions over `before`, which the gate may ask. */
  readonly prior?: readonly Prisma.Sql[];
  /**
   * A data-modifying statement over `before` that returns a row exactly when the fact may be written: an
   * effect's settlement under its fence, an inbox row that is new.
   */
  readonly gate?: Prisma.Sql;
  /** Further `name AS (…)` expressions, each over `changed`. */
  readonly also?: readonly Prisma.Sql[];
}

export interface ChangeResult {
  /** False when the order has changed since the version the change was decided on. */
  readonly current: boolean;
  /** False when the gate let nothing through, or the version was old. */
  readonly written: boolean;
}

/**
 * The statement that writes a change, decided on `order` as it was read. The order's row is locked first and
 * must still have that version, so every row that belongs to the order is seen as it was decided on.
 *
 * @throws IllegalTransition when the change is not allowed from the order's state
 */
export function changeStatement(order: OrderRecord, change: OrderChange): Prisma.Sql {
  const decline = declineAfter(order, change);
  const next = transition(order, { ...change.next, ...paymentAfter(order, change, decline) });
  const changes = Object.fromEntries(
    Object.entries(next).map(([field, to]) => [field, { from: order[field as keyof OrderState], to }]),
  );
  const sets = [
    Prisma.sql`version = o.version + 1, updated_at = clock_timestamp()`,
    ...Object.entries(next).map(([field, to]) => Prisma.sql`${Prisma.raw(field)} = ${to}`),
    ...(change.intentId ? [Prisma.sql`intent_id = ${change.intentId}`] : []),
    ...(change.intentStatus ? [Prisma.sql`intent_status = ${change.intentStatus}`] : []),
    ...(decline === order.decline
      ? []
      : [
          Prisma.sql`declined_attempt = ${decline?.attempt ?? null}, decline_code = ${decline?.code ?? null}`,
        ]),
    ...(change.holdUntil ? [Prisma.sql`hold_until = ${change.holdUntil}`] : []),
    ...(change.acceptedAmount === undefined ? [] : [Prisma.sql`accepted_amount = ${change.acceptedAmount}`]),
    ...(change.attempt
      ? [Prisma.sql`attempt = ${change.attempt.number}, payment_method = ${change.attempt.method}`]
      : []),
    ...(change.endReason
      ? [Prisma.sql`end_code = ${change.endReason.code}, end_by = ${change.endReason.by}`]
      : []),
    ...(change.closes ? [Prisma.sql`closed_at = now()`] : []),
    ...(change.restarts ? [Prisma.sql`run = o.run + 1, started_at = NULL`] : []),
  ];
  const also = [
    ...(next.fulfilment ? moveGoods(movementsFor(order.fulfilment, next.fulfilment)) : []),
    ...book(change.posts ?? []),
    ...decideCancellation(next.status),
    ...(change.ended?.length
      ? [
          Prisma.sql`ended AS (DELETE FROM order_wait w USING changed c
            WHERE w.order_id = c.id AND w.step = ANY(${[...change.ended]}))`,
        ]
      : []),
    ...(change.begun
      ? [
          Prisma.sql`begun AS (INSERT INTO order_wait (order_id, placed_at, step, deadline, durable)
            SELECT id, created_at, ${change.begun.step}, now() + ${change.begun.for} * interval '1 millisecond', true
            FROM changed
            ON CONFLICT (order_id, step) DO UPDATE SET durable = true, attempt = 0, next_try_at = NULL,
              last_error = NULL, deadline = EXCLUDED.deadline)`,
        ]
      : []),
    ...(change.also ?? []),
  ];
  const parts = [
    Prisma.sql`before AS (
      SELECT id FROM orders WHERE id = ${order.id}::uuid AND version = ${order.version} FOR NO KEY UPDATE)`,
    ...(change.prior ?? []),
    Prisma.sql`gate AS (${change.gate ?? Prisma.sql`SELECT id FROM before`})`,
    // The time is that of the clock, as `settledUntil` needs it.
    Prisma.sql`changed AS (
      UPDATE orders o SET ${Prisma.join(sets)} FROM before WHERE o.id = before.id AND EXISTS (SELECT 1 FROM gate)
      RETURNING o.id, o.created_at)`,
    Prisma.sql`logged AS (
      INSERT INTO order_event (order_id, type, actor, changes)
      SELECT id, ${change.event.type}, ${change.event.actor}, ${JSON.stringify({ ...changes, endReason: change.endReason?.code, ...change.event.details })}::jsonb
      FROM changed)`,
    ...also,
  ];
  return Prisma.sql`WITH ${Prisma.join(parts)}
    SELECT EXISTS (SELECT 1 FROM before) AS current, EXISTS (SELECT 1 FROM changed) AS written`;
}

function paymentAfter(
  order: OrderRecord,
  { intentStatus, posts, attempt }: OrderChange,
  decline: OrderRecord['decline'],
): Partial<OrderState> {
  if (intentStatus === undefined && posts === undefined && attempt === undefined) return {};
  const booked = afterBooking(order.booked, posts ?? []);
  const attempts = { attempt: attempt?.number ?? order.attempt, decline };
  return { payment: paymentOf(intentStatus ?? order.intentStatus, booked, attempts) };
}

/** Which attempt was declined last, and why, once the change is made: none once one has succeeded. */
function declineAfter(order: OrderRecord, change: OrderChange): OrderRecord['decline'] {
  switch (change.intentStatus) {
    case 'declined':
      return { attempt: order.attempt, code: change.declineCode ?? 'declined' };
    case 'authorized':
    case 'captured':
      return null;
    default:
      return order.decline;
  }
}
