import type { CarrierEvent, ShipmentReport } from '../fulfilment/carrier-event.js';
import type { NewParcel, ParcelProgress } from '../fulfilment/parcel.js';
import type { IntentState, Posting } from '../ledger/ledger.js';
import type { Dispute } from '../payment/dispute.js';
import type { Difference } from '../reconciliation/reconciliation.js';
import type { NewRefund, RefundState } from '../refund/refund.js';
import type { AttentionKind } from './attention.js';
import type { CancellationOutcome } from './cancellation.js';
import type { EffectToBegin, SettledEffect, Settlement } from './effect.js';
import type { Actor, EndReason } from './end.js';
import type { ScopedIdempotencyKey } from './idempotency-key.js';
import type { OrderState } from './states.js';
import type { Resolution, StepName } from './steps.js';

/**
 * One fact about an order, as plain data: what it changes, the audit row that explains it, and all that is written with
 * it. `libs/persistence` writes it with one statement, or nothing of it.
 */
export interface OrderChange extends OrderFields, Conditions, Records {
  readonly event: OrderEvent;
  /** A second audit row, where the same fact is more than one event: the last mail also closes the order. */
  readonly followedBy?: OrderEvent;
}

/** A row of the audit trail. */
interface OrderEvent {
  readonly type: string;
  readonly actor: Actor;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What changes of the order itself. */
interface OrderFields {
  /**
   * The states that the change leads to; a transition their tables do not allow is refused before any write. Where
   * money moves, or the provider reports the intent, `payment` follows from that and is not named here.
   */
  readonly next?: Partial<OrderState>;
  readonly intentId?: string;
  /** The state of the intent, as the provider reported it. */
  readonly intentStatus?: IntentState;
  /** Why, where that is `declined` or the provider made no intent: the provider's code, or ours. */
  readonly declineCode?: string;
  /** When the hold lapses. */
  readonly holdUntil?: Date;
  /** Another attempt to pay, that becomes the last one. */
  readonly attempt?: { readonly number: number; readonly method: string; readonly requestedBy: Actor };
  /** The amount an operator accepts instead of the order's total, in minor units. */
  readonly acceptedAmount?: number;
  readonly endReason?: EndReason;
  /** The run has nothing left to do. */
  readonly closes?: boolean;
  /**
   * Another run is to resume the order: the sweeper starts it. The last run's attentions and waits end with it, as
   * does the attention about that run itself.
   */
  readonly restarts?: boolean;
}

/**
 * The conditions under which the statement writes the change. A condition's own row is written with it: of
 * those, a change has one at the most.
 */
interface Conditions {
  /** Nothing of the order decides about it: it is written whatever has changed since the order was read. */
  readonly atAnyVersion?: true;
  /** Not once the effect under this key has begun, or was closed. */
  readonly unlessBegun?: string;
  /** Only while this is the order's last run, and has begun. */
  readonly lastRun?: number;
  /** Resolves an attention: not when it is resolved. */
  readonly resolves?: AttentionToResolve;
  /** Settles an effect: not when another attempt has taken it over. */
  readonly settles?: SettledEffect;
  /** Takes a request's key for what the change makes: not when the key was taken before. */
  readonly request?: { readonly key: ScopedIdempotencyKey; readonly makes: string };
  /** Takes stock for every line, journalled under this key: not when stock is short, or the effect was settled before. */
  readonly reserves?: string;
  /** Stores a cancellation request: not when the order had one before. */
  readonly cancellation?: CancellationOutcome & { readonly requestedBy: Actor };
  /** Applies an event of the carrier's: not when it was applied before. */
  readonly applies?: AppliedEvent;
  /** Opens what differs from the provider's books, or closes what no longer does: not when that changes nothing. */
  readonly reconciles?: Reconciled;
}

/** What is written with the change. */
interface Records {
  /** What is booked. */
  readonly posts?: readonly Posting[];
  /** Effects that the outcome of another effect settles, where they have begun. */
  readonly settlesOthers?: { readonly keys: readonly string[]; readonly state: Settlement['state'] };
  /** An effect that begins with it: not where it had begun before, or was closed. */
  readonly begins?: EffectToBegin;
  /** Waits that end. */
  readonly ended?: readonly StepName[];
  /** A durable wait that begins; `for` in milliseconds. */
  readonly begun?: { readonly step: StepName; readonly for: number };
  /** A step that makes no more attempts by itself, and the code of what it failed with. */
  readonly stuck?: { readonly step: StepName; readonly error: string };
  /** Releases the stock that the order holds. */
  readonly releases?: boolean;
  readonly opens?: AttentionToOpen;
  readonly parcel?:
    | ({ readonly is: 'labelled' } & NewParcel)
    | ({ readonly is: 'moved' } & ParcelProgress)
    /** Every label of the order's. */
    | { readonly is: 'cancelled' };
  readonly refund?:
    | ({ readonly is: 'requested' } & NewRefund)
    /** It exists at the provider; nothing more is known yet. */
    | { readonly is: 'created'; readonly id: string; readonly providerId: string }
    | ({ readonly is: 'settled' } & RefundProgress);
  readonly dispute?: Dispute;
  /** Events of the payment provider's that are applied by the change. */
  readonly paymentEvents?: {
    readonly ids: readonly string[];
    readonly about: 'intent' | 'refund' | 'dispute';
  };
}

/** An attention that is opened with a change. */
export interface AttentionToOpen {
  readonly kind: AttentionKind;
  readonly step: StepName | null;
  /** A code. */
  readonly reason: string;
  /** Whether it is the step's compensation that is stuck. */
  readonly isCompensation?: boolean;
  /** What it is about, if not the order as a whole; stored with the same change at the latest. */
  readonly refundId?: string;
  /** Given by the run that asks. Nothing of the change is written where there is an attention with this id. */
  readonly id?: string;
  /**
   * Never again for the same reason, even after the earlier one is closed; the change is not written then. Else
   * it is not opened while one of the kind is open for the same reason and refund, and the rest of the change is written.
   */
  readonly onceEver?: boolean;
}

export interface AttentionToResolve {
  readonly id: string;
  /** Null where the order continued without an answer. */
  readonly action: Resolution | null;
  readonly by: Actor;
  readonly note?: string | null;
  /** Whether no run is to be signalled about it, and whether the order has continued with it. */
  readonly isSignalled?: boolean;
  readonly isApplied?: boolean;
  /** The discrepancy that it is about, closed with it: only while that shows the amount that the operator saw. */
  readonly discrepancy?: { readonly id: string; readonly found: number };
}

export interface AppliedEvent {
  /** An event that has just come in, or one that was stored before its parcel was known, by its row. */
  readonly event: CarrierEvent | { readonly storedAs: string };
  readonly verdict: string;
  /** The report to signal to the run; null when there is none. */
  readonly report: ShipmentReport | null;
}

export interface Reconciled {
  /** `differ` opens these differences; `agree` closes every one of the order's but these. */
  readonly is: 'differ' | 'agree';
  readonly differences: readonly Difference[];
  /** Nothing is written when money is moving, or has moved since. */
  readonly unmovedSince: Date;
}

/** The state of a refund at the provider. */
export interface RefundProgress {
  readonly id: string;
  readonly state: Exclude<RefundState, 'requested'>;
  /** Absent where the provider refused to make it. */
  readonly providerId?: string;
  /** Why it failed, a code. */
  readonly failure?: string;
}
