import type { AttentionKind } from '../order/attention.js';
import type { CancellationCode, CancellationState } from '../order/cancellation.js';
import type { EndCode } from '../order/end.js';
import type { OrderPolicy } from '../order/policy.js';
import type { OrderState } from '../order/states.js';
import type { Resolution, StepName } from '../order/steps.js';
import type { EarlierRefund, RefundableOrder } from '../refund/refund-request.js';
import type { Sentence } from './sentences.js';

/** An open attention, as far as it explains. */
export interface ExplainedAttention {
  readonly id: string;
  readonly kind: AttentionKind;
  readonly step: StepName | null;
  readonly isCompensation: boolean;
  /** A code. */
  readonly reason: string;
  readonly refundId: string | null;
}

/** What a step waits for. Times are RFC 3339. */
export interface ExplainedWait {
  readonly step: StepName;
  /** How many attempts have failed. */
  readonly attempt: number;
  readonly nextTryAt: string | null;
  readonly deadline: string | null;
  /** A code. */
  readonly lastError: string | null;
}

/** All that explains how an order stands. Times are RFC 3339. */
export interface ExplainedOrder extends OrderState, RefundableOrder {
  readonly createdAt: string;
  /** When its run began; null before. */
  readonly startedAt: string | null;
  /** When nothing was left to do; null before. */
  readonly closedAt: string | null;
  readonly endReason: { readonly code: EndCode } | null;
  readonly policy: Pick<OrderPolicy, 'retry' | 'graceBeforeCharge' | 'reservationTtl' | 'declineWindow'>;
  /** Null once it is erased. */
  readonly customer: object | null;
  readonly attention: readonly ExplainedAttention[];
  readonly waits: readonly ExplainedWait[];
  readonly cancellation: { readonly state: CancellationState; readonly code: CancellationCode | null } | null;
  readonly refunds: readonly EarlierRefund[];
  readonly dispute: { readonly status: string } | null;
  /** Answers of persons that the order has not gone on with. */
  readonly answers: readonly { readonly action: Resolution }[];
  /** Calls that have begun and whose outcome is not known, by the part of the key behind the order's id. */
  readonly calls: readonly { readonly name: string; readonly since: string }[];
}

/** Where an order stands, why, and until when. */
export interface Standing {
  readonly cause: Sentence;
  readonly nextStep: Sentence;
  /** When something else happens at the latest; null where nothing sets a date. */
  readonly latest: { readonly at: string; readonly outcome: Sentence } | null;
}
