import { allocate } from '../money/allocate.js';
import { currencyOf } from '../money/currencies.js';
import { type Booked, refundable } from '../ledger/ledger.js';
import { wholeRate } from '../money/money.js';
import type { Totals } from '../money/totals.js';

/** Why money goes back: because an order is compensated, or because a caller requested a refund. */
export const REQUESTABLE_REASONS = [
  'requested_by_customer',
  'damaged',
  'not_as_described',
  'goodwill',
] as const;
export const REFUND_REASONS = ['cancelled', 'undelivered', 'late_payment', ...REQUESTABLE_REASONS] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

export const REFUND_STATES = ['requested', 'pending', 'succeeded', 'failed'] as const;
/** `requested`: booked here, and not known to exist at the provider. One that succeeded may still fail. */
export type RefundState = (typeof REFUND_STATES)[number];

/**
 * What a compensated order has still to return by itself, in minor units: all that is left, with every movement in
 * its books meanwhile, except its own refunds that failed: an operator decides about those.
 */
export function leftToReturn(
  booked: Booked,
  refunds: readonly {
    readonly amount: number;
    readonly reason: RefundReason;
    readonly state: RefundState;
  }[],
): number {
  const isOwn = (reason: RefundReason) => !REQUESTABLE_REASONS.some((each) => each === reason);
  const failed = refunds.filter(({ reason, state }) => state === 'failed' && isOwn(reason));
  return Math.max(refundable(booked) - failed.reduce((sum, { amount }) => sum + amount, 0), 0);
}

/** A refund that is booked, and not known to exist at the provider. */
export interface NewRefund {
  readonly id: string;
  /** Minor units. */
  readonly amount: number;
  readonly reason: RefundReason;
  /** Whether the goods of `lines` are back in stock. */
  readonly restock: boolean;
  /** Empty, unless it was made by lines. */
  readonly lines: readonly RefundLine[];
  readonly requestedBy: string;
}

export interface RefundLine {
  readonly lineId: string;
  readonly quantity: number;
}

/** What a line of an order is, for refunding some of it. */
export interface RefundableLine {
  readonly id: string;
  readonly quantity: number;
  /** Minor units, without tax. */
  readonly unitPrice: number;
  readonly taxRate: number;
}

/** The fields of an order that decide what a part of it costs. */
export interface PricedOrder {
  readonly lines: readonly RefundableLine[];
  readonly totals: Totals;
  readonly currency: string;
}

/**
 * What some units of an order cost, with their share of its tax and shipping: in minor units, allocated so that
 * all units together cost exactly what was paid, whatever portions are requested, and that each portion is an
 * amount that can be refunded.
 *
 * @param paid the order's total, where nothing else was taken
 * @param before the units that were refunded before, by line
 * @param asked no more of each line than is left
 */
export function costOf(
  { lines, totals, currency }: PricedOrder,
  paid: number,
  before: ReadonlyMap<string, number>,
  asked: readonly RefundLine[],
): number {
  const { step } = currencyOf(currency);
  const net = lines.map((line) => line.unitPrice * line.quantity);
  const tax = allocate(
    totals.tax,
    lines.map((line, at) => BigInt(net[at] ?? 0) * wholeRate(line.taxRate)),
    step,
  );
  const rest = allocate(totals.shipping - totals.discount, net.map(BigInt), step);
  const costs = net.map((amount, at) => amount + (tax[at] ?? 0) + (rest[at] ?? 0));
  const shares = paid === totals.total ? costs : allocate(paid, costs.map(BigInt), step);
  return asked.reduce((sum, { lineId, quantity }) => {
    const at = lines.findIndex(({ id }) => id === lineId);
    const line = lines[at];
    if (!line) throw new Error(`no line ${lineId}`);
    const units = allocate(
      shares[at] ?? 0,
      Array.from({ length: line.quantity }, () => 1n),
      step,
    );
    const first = before.get(lineId) ?? 0;
    return sum + units.slice(first, first + quantity).reduce((a, b) => a + b, 0);
  }, 0);
}
