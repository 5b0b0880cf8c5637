import { eventsOf } from '#libs/domain/events/events-of';
import type { OrderChange } from '#libs/domain/order/order-change';
import { type ChangingOrder, type Decline, statesAfter } from '#libs/domain/order/states-after';
import type { OrderState } from '#libs/domain/order/states';
import { movementsFor } from '#libs/domain/stock/goods';

import { lockAttention, openAttention, resolveAttention } from '../attention/attention.sql.js';
import { decideCancellation, requestCancellation } from '../cancellations/cancellation.sql.js';
import { beginEffect, requireSettlement, requireUnbegun, settleOtherEffects } from '../effects/effect.sql.js';
import { applyEvent } from '../fulfilment/inbox.sql.js';
import { tellLost, writeParcel } from '../fulfilment/shipment.sql.js';
import type { Effect } from '../effects/effect.repository.js';
import { Prisma } from '../generated/client.js';
import { book } from '../ledger/ledger.sql.js';
import { recordDispute } from '../payments/dispute.sql.js';
import { addAttempt } from '../payments/payment-attempt.sql.js';
import { applyPaymentEvents } from '../payments/payment-inbox.sql.js';
import { reconcile } from '../reconciliation/discrepancy.sql.js';
import { writeRefund } from '../refunds/refund.sql.js';
import { claimIdempotencyKey } from '../requests/idempotency-key.sql.js';
import { leaveRun, requireLastRun } from '../runs/run.sql.js';
import { giveBackStock, moveGoods, takeStock } from '../stock/stock.sql.js';
import { ChangeStatement } from './change-statement.js';
import type { Booking } from './order-listener.js';
import type { OrderRecord } from './order-record.js';
import { writeWaits } from './wait.sql.js';

export interface ChangeResult {
  /** False when the order has changed since the version the change was decided on. */
  readonly current: boolean;
  /** False when a condition of the change did not hold, or the version was old. */
  readonly written: boolean;
  /** Absent where the change books nothing, null where all of it was in the books. */
  readonly booked?: readonly Booking[] | null;
  /** The effect that began with the change; null where it had begun before, or was not to. */
  readonly begunEffect?: Effect | null;
}

/** What a change may consist of that is decided on no state. */
const AT_ANY_VERSION: readonly string[] = [
  'event',
  'settles',
  'atAnyVersion',
] satisfies readonly (keyof OrderChange)[];

/** What of an order decides about the statement that changes it. */
export type ChangedOrder = ChangingOrder & Pick<OrderRecord, 'id' | 'version'>;

/**
 * The statement that writes a change, decided on `order` as it was read.
 *
 * @param further adds what only SQL can say: conditions, records, columns of the answer
 * @throws IllegalTransition when the change is not allowed from the order's state
 */
export function changeStatement(
  order: ChangedOrder,
  change: OrderChange,
  further?: (statement: ChangeStatement) => void,
): Prisma.Sql {
  const { next, decline } = statesAfter(order, change);
  if (change.atAnyVersion && Object.keys(change).some((field) => !AT_ANY_VERSION.includes(field)))
    throw new Error('a change that is more than an event must be decided on a version of its order');
  const statement = new ChangeStatement(order, change.atAnyVersion);
  further?.(statement);
  addConditions(statement, change);
  assignColumns(statement, order, change, next, decline);
  logEvent(statement, order, change, next);
  statement.tell(eventsOf(change, next));
  addRecords(statement, order, change, next);
  return statement.text();
}

/** What must hold: first what writes nothing. */
function addConditions(statement: ChangeStatement, change: OrderChange): void {
  if (change.lastRun !== undefined) requireLastRun(statement, change.lastRun);
  if (change.unlessBegun) requireUnbegun(statement, change.unlessBegun);
  if (change.resolves) lockAttention(statement, change.resolves);
  if (change.settles) requireSettlement(statement, change.settles);
  if (change.request) claimIdempotencyKey(statement, change.request);
  if (change.opens) openAttention(statement, change.opens);
  if (change.cancellation) requestCancellation(statement, change.cancellation);
  if (change.applies) applyEvent(statement, change.applies);
  if (change.reconciles) reconcile(statement, change.reconciles);
  if (change.reserves) takeStock(statement, change.reserves);
}

function assignColumns(
  statement: ChangeStatement,
  order: ChangedOrder,
  change: OrderChange,
  next: Partial<OrderState>,
  decline: Decline | null,
): void {
  for (const [field, to] of Object.entries(next)) statement.set(Prisma.sql`${Prisma.raw(field)} = ${to}`);
  if (change.intentId) statement.set(Prisma.sql`intent_id = ${change.intentId}`);
  if (change.intentStatus) statement.set(Prisma.sql`intent_status = ${change.intentStatus}`);
  if (decline !== order.decline) {
    const { attempt = null, code = null } = decline ?? {};
    statement.set(Prisma.sql`declined_attempt = ${attempt}, decline_code = ${code}`);
  }
  if (change.holdUntil) statement.set(Prisma.sql`hold_until = ${change.holdUntil}`);
  if (change.acceptedAmount !== undefined)
    statement.set(Prisma.sql`accepted_amount = ${change.acceptedAmount}`);
  if (change.attempt) {
    const { number, method } = change.attempt;
    statement.set(Prisma.sql`attempt = ${number}, payment_method = ${method}`);
  }
  if (change.endReason) {
    const { code, by } = change.endReason;
    statement.set(Prisma.sql`end_code = ${code}, end_by = ${by}`);
  }
  // A reservation is made by an activity: where it is the order's first run, that has begun.
  if (change.reserves)
    statement.set(
      Prisma.sql`started_at = CASE WHEN o.run = 1 THEN COALESCE(o.started_at, now()) ELSE o.started_at END`,
    );
  if (change.closes) statement.set(Prisma.sql`closed_at = now()`);
  if (change.restarts) statement.set(Prisma.sql`run = o.run + 1, started_at = NULL`);
}

function logEvent(
  statement: ChangeStatement,
  order: ChangedOrder,
  { event, followedBy, endReason }: OrderChange,
  next: Partial<OrderState>,
): void {
  const moved = Object.entries(next).map(([field, to]) => [
    field,
    { from: order[field as keyof OrderState], to },
  ]);
  const changes = { ...Object.fromEntries(moved), endReason: endReason?.code, ...event.details };
  const rows = [{ at: 1, type: event.type, actor: event.actor, changes }];
  if (followedBy) {
    const { type, actor, details = {} } = followedBy;
    rows.push({ at: 2, type, actor, changes: details });
  }
  statement.also(
    'logged',
    Prisma.sql`
      INSERT INTO order_event (order_id, type, actor, changes)
      SELECT c.id, e.type, e.actor, e.changes
      FROM ${statement.changed} c,
        jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS e (at int, type text, actor text, changes jsonb)
      ORDER BY e.at`,
  );
}

function addRecords(
  statement: ChangeStatement,
  order: ChangedOrder,
  change: OrderChange,
  { fulfilment, status }: Partial<OrderState>,
): void {
  if (fulfilment) moveGoods(statement, movementsFor(order.fulfilment, fulfilment));
  if (fulfilment === 'lost') tellLost(statement);
  if (change.releases) giveBackStock(statement);
  if (change.posts) book(statement, change.posts);
  if (status) decideCancellation(statement, status);
  if (change.restarts) leaveRun(statement, change);
  writeWaits(statement, change);
  if (change.resolves) resolveAttention(statement, change.resolves);
  if (change.begins) beginEffect(statement, change.begins);
  if (change.settlesOthers) settleOtherEffects(statement, change.settlesOthers);
  if (change.attempt) addAttempt(statement, change.attempt);
  if (change.parcel) writeParcel(statement, change.parcel);
  if (change.refund) writeRefund(statement, change.refund);
  if (change.dispute) recordDispute(statement, change.dispute);
  if (change.paymentEvents) applyPaymentEvents(statement, change.paymentEvents);
}
