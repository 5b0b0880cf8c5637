import type { ShipmentReport } from '../fulfilment/carrier-event.js';
import { type Actor, END_CODES, type EndCode, type EndReason } from './end.js';
import { type Booked, pendingRefunds, refunded } from '../ledger/ledger.js';
import type { OrderPolicy } from './policy.js';
import { isPickedUp, isEnd, type OrderState, type OrderStatus, type PaymentStatus } from './states.js';
import { type Resolution, type StepName, STEPS } from './steps.js';

/** What the books have of an order. Times are RFC 3339. */
export interface ResumeFacts {
  readonly order: OrderState & {
    readonly number: string;
    readonly endReason: EndReason | null;
    readonly attempt: number;
    readonly holdUntil: string | null;
    readonly booked: Booked;
    readonly policy: OrderPolicy;
    readonly closedAt: string | null;
    readonly waits: readonly { readonly step: StepName; readonly deadline: string | null }[];
  };
  /** The audit trail, oldest first. */
  readonly events: readonly TrailEntry[];
  /** The states of the calls that make the intent and cancel it; null where there was none. */
  readonly intentEffect: string | null;
  readonly voidEffect: string | null;
  /** What operators answered to steps that were parked, oldest first. */
  readonly answers: readonly StepAnswer[];
  /** Who requested a cancellation, where it is not decided. */
  readonly cancellationRequestedBy: Actor | null;
}

interface TrailEntry {
  readonly at: string;
  readonly type: string;
  readonly actor: Actor;
  readonly changes: Readonly<Record<string, unknown>>;
}

export interface StepAnswer {
  readonly step: StepName;
  readonly action: Resolution;
  readonly by: Actor;
  readonly at: string;
}

/** How an order that is being compensated will end, and why its money goes back. */
export interface PendingCompensation {
  readonly status: 'rejected' | 'cancelled';
  readonly reason: EndReason;
  readonly reversal: 'refused' | 'expired' | 'cancelled';
}

/** The point from which a new run resumes an order. Durations are milliseconds. */
export interface ResumePoint {
  /** What people call the order. */
  readonly number: string;
  readonly status: OrderStatus;
  /** How the order ended, where it has ended. */
  readonly closedAs: EndStatus | null;
  /** Steps that are not to be done again. */
  readonly done: readonly StepName[];
  /** Whether the carrier has the parcel. */
  readonly isAway: boolean;
  readonly parcel: ShipmentReport | null;
  /** Null where the order is not being compensated. */
  readonly pendingCompensation: PendingCompensation | null;
  /** A cancellation request that is not decided. */
  readonly cancellationRequest: EndReason | null;
  readonly attempt: number;
  /** Whether the provider has released the payment. */
  readonly isVoided: boolean;
  /** When an authorization lapses, and since when the shopper has time; milliseconds since 1970. */
  readonly holdUntil: number | null;
  readonly payingSince: number | null;
  /** What is left of the times that began before; null where they begin now. */
  readonly reservationLeft: number | null;
  readonly graceLeft: number | null;
  readonly deliveryLeft: number | null;
}

const ENDS = ['rejected', 'cancelled', 'delivered', 'undelivered'] as const;
type EndStatus = (typeof ENDS)[number];

const TAKEN: readonly PaymentStatus[] = ['not_required', 'captured', 'partially_refunded', 'refunded'];
const BEFORE_PICK_UP: readonly OrderStatus[] = ['pending', 'confirmed'];

/** Reads an order's resume point from the books. @param now milliseconds since 1970 */
export function resumePointOf(facts: ResumeFacts, now: number): ResumePoint {
  const { order, cancellationRequestedBy } = facts;
  const { policy } = order;
  const reservedAt = timeOf(facts.events.find(({ type }) => type === 'inventory.reserved')?.at);
  const left = (since: number | null, time: number) => (since === null ? null : since + time - now);
  const deadline = timeOf(waitFor(order, 'deliver'));
  const done = doneSteps(facts);
  return {
    number: order.number,
    status: order.status,
    closedAs: order.closedAt === null ? null : (ENDS.find((end) => end === order.status) ?? null),
    done,
    isAway: isPickedUp(order.fulfilment),
    parcel: parcelOf(order),
    pendingCompensation: pendingCompensation(facts, done, reservedAt, now),
    cancellationRequest:
      cancellationRequestedBy === null ? null : { code: 'cancelled', by: cancellationRequestedBy },
    attempt: order.attempt,
    isVoided: order.payment === 'voided',
    // A payment captured by hand cannot lapse any more.
    holdUntil: order.payment === 'authorized' ? timeOf(order.holdUntil) : null,
    payingSince: payingSince(order),
    reservationLeft: left(reservedAt, policy.reservationTtl),
    graceLeft: facts.intentEffect === null ? left(reservedAt, policy.graceBeforeCharge) : 0,
    deliveryLeft: deadline === null ? null : deadline - now,
  };
}

/** Mails are not among them, but for those an operator gave up: the journal knows which were sent. */
function doneSteps({ order, events, answers }: ResumeFacts): StepName[] {
  const { status, payment, fulfilment, policy } = order;
  const isLabelled = fulfilment === 'ready' || isPickedUp(fulfilment);
  const away = timeOf(events.findLast((event) => ledTo(event, 'status') === 'shipped')?.at);
  const begun = status !== 'pending' || fulfilment !== 'none';
  const isDone: Readonly<Record<StepName, boolean>> = {
    validate: begun,
    reserve: begun,
    charge: status !== 'pending',
    ship: isLabelled,
    capture: isLabelled && policy.captureMode === 'on_shipment' && TAKEN.includes(payment),
    confirm: false,
    announce: false,
    deliver: isEnd(status),
    notify: false,
  };
  const done = new Set(STEPS.filter((step) => isDone[step]));
  for (const { step, action, at } of lastAnswers(answers)) {
    // Once the parcel is in transit nothing is compensated: a step that fails for good is skipped.
    if (action === 'skip' || (action === 'fail' && away !== null && Date.parse(at) > away)) done.add(step);
  }
  return [...done];
}

function pendingCompensation(
  facts: ResumeFacts,
  done: readonly StepName[],
  reservedAt: number | null,
  now: number,
): PendingCompensation | null {
  const { status, endReason, booked } = facts.order;
  if (status === 'rejected' || status === 'cancelled')
    return { status, reason: endReason ?? { code: 'cancelled', by: 'workflow' }, reversal: 'cancelled' };
  if (status === 'cancelling') return cancelled(acceptedReason(facts.events));
  if (!BEFORE_PICK_UP.includes(status)) return null;
  const rejection = status === 'pending' ? rejectionUnderWay(facts, reservedAt, now) : null;
  if (rejection) return rejection;
  const failed = lastAnswers(facts.answers).find(
    ({ step, action }) => action === 'fail' && !done.includes(step),
  );
  if (failed) return cancelled({ code: 'operator_failed', by: failed.by });
  const captured = booked.captured ?? 0;
  // All the money was refunded while no run existed to cancel the order.
  if (captured > 0 && refunded(booked) + pendingRefunds(booked) >= captured) {
    const asked = facts.events.findLast(({ type }) => type === 'refund.requested');
    return cancelled({ code: 'cancelled', by: asked?.actor ?? 'workflow' });
  }
  return null;
}

const cancelled = (reason: EndReason): PendingCompensation => ({
  status: 'cancelled',
  reason,
  reversal: 'cancelled',
});

/** Why the cancellation that is under way was begun. */
function acceptedReason(events: readonly TrailEntry[]): EndReason {
  const begun = events.findLast((event) => ledTo(event, 'status') === 'cancelling');
  const code = END_CODES.find((known) => known === begun?.changes['reason']) ?? 'cancelled';
  return { code, by: begun?.actor ?? 'workflow' };
}

/** What the trail has of an order whose goods were not reserved, and how that order ends. */
const REFUSALS_OF_GOODS: ReadonlyMap<string, EndCode> = new Map([
  ['order.invalid', 'invalid'],
  ['inventory.refused', 'out_of_stock'],
]);

/** A rejection is written at its end only: that one is under way is seen by what has been undone. */
function rejectionUnderWay(
  { order, events, intentEffect, voidEffect }: ResumeFacts,
  reservedAt: number | null,
  now: number,
): PendingCompensation | null {
  const isUndone = order.fulfilment === 'released' || intentEffect === 'closed';
  if (voidEffect === null && !isUndone) return null;
  const reject = (code: EndCode, reversal: PendingCompensation['reversal']): PendingCompensation => ({
    status: 'rejected',
    reason: { code, by: 'workflow' },
    reversal,
  });
  const refused = REFUSALS_OF_GOODS.get(
    events.findLast(({ type }) => REFUSALS_OF_GOODS.has(type))?.type ?? '',
  );
  if (order.fulfilment === 'none' && refused) return reject(refused, 'refused');
  const voided = events.findLast((event) => ledTo(event, 'payment') === 'voided');
  const before = voided ? changeOf(voided, 'payment')?.from : order.payment;
  const isOver = (timeOf(voided?.at) ?? now) >= (reservedAt ?? now) + order.policy.reservationTtl;
  if (voidEffect === null && intentEffect !== 'closed') return reject('payment_declined', 'refused');
  if (before === 'declined' && (order.policy.declineWindow === 0 || !isOver))
    return reject('payment_declined', 'expired');
  if ((before === 'requires_action' || before === 'processing') && !isOver)
    return reject('payment_expired', 'expired');
  return reject('reservation_expired', 'expired');
}

function parcelOf({ status, fulfilment }: OrderState): ShipmentReport | null {
  switch (status) {
    case 'shipped':
    case 'delivered':
      return status;
    case 'undelivered':
      return fulfilment === 'returned' ? 'returned' : 'lost';
    default:
      return null;
  }
}

function payingSince(order: ResumeFacts['order']): number | null {
  const { paymentWindow, declineWindow } = order.policy;
  const windows: Partial<Record<PaymentStatus, number>> = {
    requires_action: paymentWindow,
    processing: paymentWindow,
    declined: declineWindow,
  };
  const window = windows[order.payment];
  const deadline = timeOf(waitFor(order, 'charge'));
  return window === undefined || deadline === null ? null : deadline - window;
}

const waitFor = ({ waits }: ResumeFacts['order'], step: StepName) =>
  waits.find((wait) => wait.step === step)?.deadline;

/** The last answer to each step. */
const lastAnswers = (answers: readonly StepAnswer[]): readonly StepAnswer[] =>
  answers.filter(({ step }, at) => !answers.slice(at + 1).some((later) => later.step === step));

const timeOf = (time: string | null | undefined) => (time ? Date.parse(time) : null);

/** How an entry changed one of the states. */
function changeOf({ changes }: TrailEntry, field: keyof OrderState): { from: unknown; to: unknown } | null {
  const change = changes[field];
  return typeof change === 'object' && change !== null && 'from' in change && 'to' in change ? change : null;
}

const ledTo = (entry: TrailEntry, field: keyof OrderState) => changeOf(entry, field)?.to;
