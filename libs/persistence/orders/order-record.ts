import type { AttentionKind } from '#libs/domain/order/attention';
import type { EndReason } from '#libs/domain/order/end';
import type { Booked, IntentState } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { OrderState } from '#libs/domain/order/states';
import type { StepName } from '#libs/domain/order/steps';
import type { PricedLine, Totals } from '#libs/domain/money/totals';
import type { PostalAddress } from '#libs/places/postal-address';

/** A postal address, as the shop gave it. */
export interface Address extends PostalAddress {
  readonly phone?: string;
}

export interface Customer {
  /** Absent for guests. */
  readonly id?: string;
  readonly name: string;
  readonly email: string;
}

export interface LineRecord extends PricedLine {
  readonly id: string;
  readonly name: string;
}

export interface ShipmentRecord {
  readonly id: string;
  readonly carrier: string;
  readonly trackingNumber: string;
  /** Where the shopper can follow it; null where the carrier has no such page. */
  readonly trackingUrl: string | null;
  readonly status: string;
}

export interface AttentionRecord {
  readonly id: string;
  readonly kind: AttentionKind;
  readonly step: StepName | null;
  /** Whether it is the step's compensation that is stuck. */
  readonly isCompensation: boolean;
  readonly reason: string;
  /** What it is about, where that is a refund or what reconciliation found. */
  readonly refundId: string | null;
  readonly discrepancyId: string | null;
  readonly openedAt: string;
}

export interface WaitRecord {
  readonly step: StepName;
  readonly since: string;
  readonly attempt: number;
  readonly nextTryAt: string | null;
  readonly deadline: string | null;
  readonly lastError: string | null;
}

export interface DisputeRecord {
  /** The provider's. */
  readonly id: string;
  /** Its status, in the provider's terms. */
  readonly status: string;
  /** Minor units. */
  readonly amount: number;
}

/** An order's current state, with its dependent rows. Times are RFC 3339, amounts minor units. */
export interface OrderRecord extends OrderState {
  readonly id: OrderId;
  readonly number: string;
  /** What a change must have been decided on to be written. */
  readonly version: number;
  readonly endReason: EndReason | null;
  /** Null once the person is erased, and with it every other field that identifies the person. */
  readonly customer: Customer | null;
  readonly shippingAddress: Address | null;
  readonly currency: string;
  readonly totals: Totals;
  /** Of the attempt requested last; null once the person is erased. */
  readonly paymentMethod: string | null;
  /** Which attempt that is, from 1. */
  readonly attempt: number;
  /** The attempt that was declined last, and why; null where none was, or a later one succeeded. */
  readonly decline: { readonly attempt: number; readonly code: string } | null;
  readonly intentId: string | null;
  readonly intentStatus: IntentState | null;
  /** When an authorization lapses. */
  readonly holdUntil: string | null;
  /** The shopper's complaint at their bank, the latest if there were several. */
  readonly dispute: DisputeRecord | null;
  /** The amount an operator accepted instead of the total, in minor units; null where none was. */
  readonly acceptedAmount: number | null;
  /** The ledger's sums for this order, by kind. */
  readonly booked: Booked;
  readonly policy: OrderPolicy;
  /** The id of the request that placed it; null where it is not known. */
  readonly requestId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly lines: readonly LineRecord[];
  readonly shipments: readonly ShipmentRecord[];
  /** The open ones. */
  readonly attention: readonly AttentionRecord[];
  readonly waits: readonly WaitRecord[];
}

export class OrderNotFound extends Error {
  override readonly name = 'OrderNotFound';
}
