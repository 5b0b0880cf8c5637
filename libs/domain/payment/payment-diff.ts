import { type ExpectedPayment, intentContradiction, moneyOf } from '../order/contradiction.js';
import {
  afterBooking,
  type Attempts,
  type Booked,
  type IntentState,
  paymentOf,
  type Posting,
} from '../ledger/ledger.js';
import type { RefundState } from '../refund/refund.js';
import { type OrderStatus, PAYMENT } from '../order/states.js';

/** An order's money in the books. */
export interface BookedPayment {
  readonly intentStatus: IntentState | null;
  /** Whether it is known when a hold lapses. */
  readonly holdDated: boolean;
  readonly posted: readonly Posting[];
  readonly refunds: readonly { readonly id: string; readonly amount: number; readonly state: RefundState }[];
  readonly disputes: readonly { readonly id: string; readonly status: string }[];
}

export interface ProviderIntent {
  readonly id: string;
  readonly status: IntentState | 'unconfirmed';
  readonly declineCode: string | null;
  readonly holdUntil: Date | null;
  /** The order that the intent names. */
  readonly orderId: string | null;
  /** Upper case. */
  readonly currency: string;
  /** What it was made for, what was taken with it, and what it holds; minor units. */
  readonly amount: number;
  readonly received: number;
  readonly held: number;
}

export interface ProviderRefund {
  /** The provider's. */
  readonly id: string;
  /** The id of the intent that it refunds, where the provider names it. */
  readonly intentId: string | null;
  /** Ours; null for one that was made by hand. */
  readonly refundId: string | null;
  readonly status: Exclude<RefundState, 'requested'>;
  readonly amount: number;
  /** Upper case. */
  readonly currency: string;
  /** Why it failed, as the provider's code. */
  readonly failure: string | null;
}

export interface ProviderDispute {
  readonly id: string;
  readonly amount: number;
  /** Upper case. */
  readonly currency: string;
  /** In the provider's terms. */
  readonly status: string;
  readonly reason: string;
  readonly openedAt: Date;
  /** What the shopper's bank has taken, and what it has returned. */
  readonly withdrawn: number;
  readonly reinstated: number;
  /** `open` where the dispute is neither. */
  readonly outcome: 'open' | 'won' | 'lost';
}

/** The provider's data about it, all at one time. */
export interface PaymentSnapshot {
  readonly intent: ProviderIntent;
  readonly refunds: readonly ProviderRefund[];
  readonly disputes: readonly ProviderDispute[];
}

/** One fact that the provider shows and the books do not have, with what is booked for it. */
export type PaymentDifference =
  | { readonly about: 'intent'; readonly status: IntentState; readonly posts: readonly Posting[] }
  | {
      readonly about: 'refund';
      readonly refundId: string;
      readonly seen: ProviderRefund;
      readonly posts: readonly Posting[];
    }
  | {
      readonly about: 'dispute';
      readonly seen: ProviderDispute;
      /** The books did not have it. */
      readonly isNew: boolean;
      /** Its money was withdrawn before, and some more was since. */
      readonly isWithdrawnAgain: boolean;
      readonly posts: readonly Posting[];
    };

const REFUND_FOLLOWS: Readonly<Record<RefundState, readonly RefundState[]>> = {
  requested: ['pending', 'succeeded', 'failed'],
  pending: ['succeeded', 'failed'],
  succeeded: ['failed'],
  failed: [],
};

/**
 * How far a dispute has come, by its status (docs.stripe.com/api/disputes/object). An inquiry may become a
 * dispute after it was closed. An unknown status ranks as an open dispute.
 */
const DISPUTE_PROGRESS: Readonly<Record<string, number>> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  warning_closed: 2,
  needs_response: 3,
  under_review: 4,
  appeal_needs_response: 5,
  appeal_under_review: 6,
  prevented: 7,
  lost: 8,
  won: 9,
};

/**
 * What a snapshot adds to the books: independent facts, each of which may be written by itself. Nothing
 * moves back, so a snapshot older than the books, or the same one again, adds nothing.
 *
 * The amount captured or held is booked as it is seen, whatever the order's total. A refund of others, or one
 * with another amount, cannot be assigned to the order, and is left to reconciliation.
 */
export function paymentDifferences(
  books: BookedPayment,
  snapshot: PaymentSnapshot,
): readonly PaymentDifference[] {
  return [
    ...intentDifferences(books, snapshot),
    ...refundDifferences(books, snapshot),
    ...disputeDifferences(books, snapshot),
  ];
}

/** Events that add nothing about an intent which the books have in one of these states, whatever their time. */
export const STATES_AFTER_EVENT: Readonly<Record<string, readonly IntentState[]>> = {
  'payment_intent.succeeded': ['captured'],
  'payment_intent.canceled': ['canceled'],
  'payment_intent.amount_capturable_updated': ['authorized', 'captured', 'canceled'],
};

/** Whether money for an order of this status comes too late: its goods were not sold. */
export const isTooLateToPay = (status: OrderStatus): boolean =>
  status === 'rejected' || status === 'cancelled';

/** The part of a snapshot that may be believed, and what contradicts the order, as a code. */
export function verifiedSnapshot(
  asked: ExpectedPayment,
  snapshot: PaymentSnapshot,
): { readonly snapshot: PaymentSnapshot | null; readonly contradiction: string | null } {
  const ofIntent = intentContradiction(asked, snapshot.intent);
  if (ofIntent !== null) return { snapshot: null, contradiction: ofIntent };
  const fits = ({ currency }: { readonly currency: string }) => currency === asked.currency;
  const { intent, refunds, disputes } = snapshot;
  return {
    snapshot: { intent, refunds: refunds.filter(fits), disputes: disputes.filter(fits) },
    contradiction:
      (refunds.every(fits) ? null : 'refund_currency_differs') ??
      (disputes.every(fits) ? null : 'dispute_currency_differs'),
  };
}

function intentDifferences(books: BookedPayment, { intent }: PaymentSnapshot): PaymentDifference[] {
  const { status } = intent;
  if (status === 'unconfirmed') return [];
  const moves = status !== books.intentStatus;
  if (moves && !mayFollow(books.intentStatus, status)) return [];
  const isDated = status === 'authorized' && intent.holdUntil !== null && !books.holdDated;
  const posts = intentPosts(bookedOf(books, intent), intent, status);
  return moves || isDated || posts.length > 0 ? [{ about: 'intent', status, posts }] : [];
}

const bookedOf = ({ posted }: BookedPayment, intent: ProviderIntent): Booked =>
  afterBooking(
    {},
    posted.filter(({ objectId }) => objectId === intent.id),
  );

/** The table of an order's payment decides about its intent, too. */
export const mayFollow = (from: IntentState | null, to: IntentState): boolean =>
  PAYMENT[paymentOf(from, {}, ONE_ATTEMPT)].includes(paymentOf(to, {}, ONE_ATTEMPT));

const ONE_ATTEMPT: Attempts = { attempt: 1, decline: null };

/** The part of an intent's state that is not booked. @param booked of its order: an order has one intent */
export function intentPosts(booked: Booked, intent: ProviderIntent, status: IntentState): Posting[] {
  const { id: objectId } = intent;
  const amount = moneyOf({ ...intent, status });
  const held = (booked.authorized ?? 0) - (booked.hold_released ?? 0);
  const released: Posting[] = held > 0 ? [{ kind: 'hold_released', objectId, amount: held }] : [];
  switch (status) {
    case 'authorized':
      return booked.authorized === undefined ? [{ kind: 'authorized', objectId, amount }] : [];
    case 'captured':
      return booked.captured === undefined ? [...released, { kind: 'captured', objectId, amount }] : released;
    case 'canceled':
      return released;
    default:
      return [];
  }
}

/** The postings of a refund's state. @param from the state that the books have */
export function refundPosts(
  { id, amount, state: from }: BookedPayment['refunds'][number],
  to: ProviderRefund['status'],
): Posting[] {
  const kinds = {
    pending: null,
    succeeded: 'refund_succeeded',
    failed: from === 'succeeded' ? 'refund_reversed' : 'refund_failed',
  } as const;
  const kind = kinds[to];
  return kind === null ? [] : [{ kind, objectId: id, amount }];
}

function refundDifferences(books: BookedPayment, snapshot: PaymentSnapshot): PaymentDifference[] {
  return books.refunds.flatMap((refund) => {
    const { id, amount, state } = refund;
    const seen = bestOf(snapshot.refunds.filter((each) => each.refundId === id && each.amount === amount));
    if (!seen || !REFUND_FOLLOWS[state].includes(seen.status)) return [];
    return [
      { about: 'refund', refundId: id, seen, posts: unposted(books, refundPosts(refund, seen.status)) },
    ];
  });
}

/** A refund that was requested twice may exist twice: it has failed only when all of them have. */
function bestOf(seen: readonly ProviderRefund[]): ProviderRefund | undefined {
  const worth = ['failed', 'pending', 'succeeded'];
  return seen.toSorted((a, b) => worth.indexOf(b.status) - worth.indexOf(a.status))[0];
}

function disputeDifferences(books: BookedPayment, snapshot: PaymentSnapshot): PaymentDifference[] {
  return snapshot.disputes.flatMap((seen) => {
    const { id, withdrawn, reinstated } = seen;
    const booked = {
      withdrawn: bookedSum(books, 'dispute_withdrawn', id),
      reinstated: bookedSum(books, 'dispute_reinstated', id),
      lost: bookedSum(books, 'dispute_lost', id),
      recovered: bookedSum(books, 'dispute_recovered', id),
    };
    // What moved only adds up: a snapshot with less of it is older than the books.
    if (withdrawn < booked.withdrawn || reinstated < booked.reinstated) return [];
    const known = books.disputes.find((each) => each.id === id);
    const isWithdrawnAgain = booked.withdrawn > 0 && withdrawn > booked.withdrawn;
    const goesOn = !known || isWithdrawnAgain || progress(seen.status) > progress(known.status);
    const isCurrent = goesOn || progress(seen.status) === progress(known.status);
    const loss = lossOf(seen, isCurrent ? null : booked.lost - booked.recovered);
    const posts = [
      ...unbooked(books, 'dispute_withdrawn', id, withdrawn),
      ...unbooked(books, 'dispute_reinstated', id, reinstated),
      ...unbooked(books, 'dispute_lost', id, booked.recovered + loss),
      ...unbooked(books, 'dispute_recovered', id, booked.lost - loss),
    ];
    if (!goesOn && posts.length === 0) return [];
    return [
      {
        about: 'dispute',
        // A snapshot may show moved money although its status is older.
        seen: goesOn ? seen : { ...seen, status: known.status },
        isNew: !known,
        isWithdrawnAgain,
        posts,
      },
    ];
  });
}

/**
 * What is lost by a dispute. A status older than that of the books decides nothing: the loss of the books stays, without
 * what has come back since.
 *
 * @param booked the loss of the books, where their status is newer; else null
 */
function lossOf({ outcome, withdrawn, reinstated }: ProviderDispute, booked: number | null): number {
  const kept = Math.max(0, withdrawn - reinstated);
  if (booked !== null) return Math.min(booked, kept);
  return outcome === 'lost' ? kept : 0;
}

const bookedOfObject = ({ posted }: BookedPayment, kind: Posting['kind'], objectId: string) =>
  posted.filter((posting) => posting.kind === kind && posting.objectId === objectId);

const bookedSum = (books: BookedPayment, kind: Posting['kind'], objectId: string): number =>
  bookedOfObject(books, kind, objectId).reduce((sum, { amount }) => sum + amount, 0);

/** The posting of what an object has moved beyond what is booked; `moved` is all that it ever moved. */
function unbooked(books: BookedPayment, kind: Posting['kind'], objectId: string, moved: number): Posting[] {
  const amount = moved - bookedSum(books, kind, objectId);
  if (amount <= 0) return [];
  const earlier = bookedOfObject(books, kind, objectId).length;
  return [{ kind, objectId, amount, ...(earlier > 0 ? { occurrence: earlier + 1 } : {}) }];
}

const progress = (status: string) => DISPUTE_PROGRESS[status] ?? DISPUTE_PROGRESS['needs_response'] ?? 0;

const unposted = (books: BookedPayment, postings: readonly Posting[]) =>
  postings.filter(({ kind, objectId }) => bookedOfObject(books, kind, objectId).length === 0);
