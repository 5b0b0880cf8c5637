import type { AttentionKind } from '#libs/domain/order/attention';
import type { EndReason } from '#libs/domain/order/end';
import type { Booked, IntentState } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { OrderState } from '#libs/domain/order/states';
import type { StepName } from '#libs/domain/order/steps';
import type { PricedLine, Totals } from '#libs/domain/money/totals';
import type { PostalAddress } from '#libs/places/postal-address';

import { Prisma } from '../generated/client.js';

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
  /** The provider's word for how it stands. */
  readonly status: string;
  /** Minor units. */
  readonly amount: number;
}

/** An order as it stands, with all that hangs on it. Times are RFC 3339, amounts minor units. */
export interface OrderRecord extends OrderState {
  readonly id: OrderId;
  readonly number: string;
  /** What a change must have been decided on to be written. */
  readonly version: number;
  readonly endReason: EndReason | null;
  /** Null once the person is erased, and with it whatever else says who that is. */
  readonly customer: Customer | null;
  readonly shippingAddress: Address | null;
  readonly currency: string;
  readonly totals: Totals;
  /** Of the attempt asked for last; null once the person is erased. */
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
  /** What an operator took instead of the total, in minor units; null where nobody was asked. */
  readonly acceptedAmount: number | null;
  /** What the ledger has of this order, by kind. */
  readonly booked: Booked;
  readonly policy: OrderPolicy;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly lines: readonly LineRecord[];
  readonly shipments: readonly ShipmentRecord[];
  /** The open ones. */
  readonly attention: readonly AttentionRecord[];
  readonly waits: readonly WaitRecord[];
}

/** RFC 3339 in UTC with milliseconds, made by the database so that JSON from it needs no second pass. */
export const time = (column: string) =>
  Prisma.raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** The order of an order's waits: it is shown to wait for the first. */
export const firstWait = (w: string) =>
  Prisma.raw(`${w}.last_error IS NULL, ${w}.since DESC, ${w}.step DESC`);

/** An AttentionRecord of `a`. */
export const selectAttention = Prisma.sql`jsonb_build_object(
  'id', a.id, 'kind', a.kind, 'step', a.step, 'isCompensation', a.is_compensation, 'reason', a.reason, 'refundId', a.refund_id,
  'discrepancyId', a.discrepancy_id, 'openedAt', ${time('a.opened_at')})`;

export class OrderNotFound extends Error {
  override readonly name = 'OrderNotFound';
}

/** One row `{ "order": OrderRecord }` for each of `o`, a table expression of orders; `more` adds columns. */
export const selectOrders = (o: Prisma.Sql, more?: Prisma.Sql) => Prisma.sql`
  SELECT jsonb_build_object(
    'id', o.id, 'number', o.number, 'version', o.version,
    'status', o.status, 'payment', o.payment, 'fulfilment', o.fulfilment,
    'endReason', CASE WHEN o.end_code IS NOT NULL THEN jsonb_build_object('code', o.end_code, 'by', o.end_by) END,
    'customer', CASE WHEN o.customer_email IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
      'id', o.customer_id, 'name', o.customer_name, 'email', o.customer_email)) END,
    'shippingAddress', o.shipping_address,
    'currency', o.currency,
    'totals', jsonb_build_object('subtotal', o.subtotal, 'shipping', o.shipping, 'discount', o.discount, 'tax', o.tax, 'total', o.total),
    'paymentMethod', o.payment_method, 'attempt', o.attempt,
    'decline', CASE WHEN o.decline_code IS NOT NULL THEN jsonb_build_object(
      'attempt', o.declined_attempt, 'code', o.decline_code) END, 'holdUntil', ${time('o.hold_until')},
    'dispute', (SELECT jsonb_build_object('id', d.id, 'status', d.status, 'amount', d.amount)
      FROM dispute d WHERE d.order_id = o.id ORDER BY d.opened_at DESC LIMIT 1),
     'acceptedAmount', o.accepted_amount, 'intentId', o.intent_id, 'intentStatus', o.intent_status, 'policy', o.policy,
    'createdAt', ${time('o.created_at')}, 'updatedAt', ${time('o.updated_at')}, 'closedAt', ${time('o.closed_at')},
    'booked', (SELECT COALESCE(jsonb_object_agg(k.kind, k.amount), '{}') FROM (
        SELECT t.kind, sum(t.amount) AS amount FROM ledger_transaction t WHERE t.order_id = o.id GROUP BY t.kind) k),
    'lines', (SELECT jsonb_agg(jsonb_build_object(
        'id', l.id, 'sku', l.sku, 'name', l.name, 'quantity', l.quantity, 'unitPrice', l.unit_price, 'taxRate', l.tax_rate
      ) ORDER BY l.position) FROM order_line l WHERE l.order_id = o.id),
    'shipments', (SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'id', s.id, 'carrier', s.carrier, 'trackingNumber', s.tracking_number, 'trackingUrl', s.tracking_url,
        'status', s.status
      ) ORDER BY s.created_at), '[]') FROM shipment s WHERE s.order_id = o.id),
    'attention', (SELECT COALESCE(jsonb_agg(${selectAttention} ORDER BY a.opened_at), '[]') FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL),
    'waits', (SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'step', w.step, 'since', ${time('w.since')}, 'attempt', w.attempt, 'nextTryAt', ${time('w.next_try_at')},
        'deadline', ${time('w.deadline')}, 'lastError', w.last_error
      ) ORDER BY ${firstWait('w')}), '[]') FROM order_wait w WHERE w.order_id = o.id)
  ) AS "order"${more ? Prisma.sql`, ${more}` : Prisma.empty}
  FROM ${o} o`;
