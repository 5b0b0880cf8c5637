import { currencyOf } from '../money/currencies.js';
import { type Booked, pendingRefunds, refundable, refunded } from '../ledger/ledger.js';
import {
  costOf,
  type PricedOrder,
  type RefundableLine,
  type RefundLine,
  type RefundState,
} from './refund.js';
import type { FulfilmentStatus, OrderStatus } from '../order/states.js';

/** What a refund request is for: all that is left, some goods, or some money (minor units). */
export type RefundPortion =
  | { readonly of: 'all' }
  | { readonly of: 'lines'; readonly lines: readonly RefundLine[] }
  | { readonly of: 'amount'; readonly amount: number };

export interface RefundRequest {
  readonly portion: RefundPortion;
  /** Whether the goods are back in stock. */
  readonly restock: boolean;
}

/** The fields of an order that decide about a refund. */
export interface RefundableOrder extends PricedOrder {
  readonly status: OrderStatus;
  readonly fulfilment: FulfilmentStatus;
  readonly booked: Booked;
  /** Whether its run is known to be gone: it will not be sent, and a cancellation would stop nothing. */
  readonly hasNoRun?: boolean;
}

export interface EarlierRefund {
  readonly lines: readonly RefundLine[];
  readonly restock: boolean;
  readonly state: RefundState;
}

export type RefundRefusal =
  | 'use_cancellation'
  | 'nothing_to_refund'
  | 'nothing_to_restock'
  | 'refund_line_repeated'
  | 'refund_line_unknown'
  | 'refund_quantity_exceeds'
  | 'refund_exceeds'
  | 'amount_not_chargeable';

export type RefundDecision =
  | { readonly is: 'refund'; readonly amount: number; readonly lines: readonly RefundLine[] }
  | {
      readonly is: 'refused';
      readonly code: RefundRefusal;
      /** The positions of the requested lines that are at fault. */
      readonly at: readonly number[];
    };

/** Where the parcel has not been picked up: an order that gets all its money back would still be sent. */
const BEFORE_PICK_UP: readonly OrderStatus[] = ['pending', 'confirmed', 'cancelling'];
/** Where goods are out of stock and their parcel has not come back as a whole. */
const OUT_OF_STOCK: readonly FulfilmentStatus[] = ['shipped', 'delivered', 'lost'];

/**
 * The amount of a refund, or why it is refused.
 *
 * @param earlier every refund of the order; failed ones have freed their money, and their goods came back all the same
 */
export function decideRefund(
  order: RefundableOrder,
  earlier: readonly EarlierRefund[],
  { portion, restock }: RefundRequest,
): RefundDecision {
  const repeated = portion.of === 'lines' ? repeatedIn(portion.lines) : [];
  if (repeated.length > 0) return refused('refund_line_repeated', repeated);
  const early = BEFORE_PICK_UP.includes(order.status) && order.hasNoRun !== true;
  if (early && portion.of === 'all') return refused('use_cancellation');
  const captured = order.booked.captured ?? 0;
  if (captured === 0) return refused('nothing_to_refund');

  const before = unitsOf(earlier.filter(({ state }) => state !== 'failed'));
  const lines = goodsOf(portion, order.lines, before);
  const strange = placesOf(lines, ({ lineId }) => !order.lines.some(({ id }) => id === lineId));
  if (strange.length > 0) return refused('refund_line_unknown', strange);
  const excessive = placesOf(lines, (line) => line.quantity > unitsLeft(order.lines, before, line.lineId));
  if (excessive.length > 0) return refused('refund_quantity_exceeds', excessive);

  const left = refundable(order.booked);
  const amount = amountOf(portion, left, () => costOf(order, captured, before, lines));
  if (amount <= 0) return refused('nothing_to_refund');
  if (amount > left) return refused('refund_exceeds');
  if (portion.of === 'amount' && amount % currencyOf(order.currency).step !== 0)
    return refused('amount_not_chargeable');
  const back = refunded(order.booked) + pendingRefunds(order.booked) + amount;
  if (early && back >= captured) return refused('use_cancellation');

  if (restock && !OUT_OF_STOCK.includes(order.fulfilment)) return refused('nothing_to_restock');
  if (restock) {
    const inStock = unitsOf(earlier.filter((refund) => refund.restock));
    const there = placesOf(lines, (line) => line.quantity > unitsLeft(order.lines, inStock, line.lineId));
    if (lines.length === 0 || there.length > 0) return refused('nothing_to_restock', there);
  }
  return { is: 'refund', amount, lines };
}

const refused = (code: RefundRefusal, at: readonly number[] = []): RefundDecision => ({
  is: 'refused',
  code,
  at,
});

function amountOf(portion: RefundPortion, left: number, cost: () => number): number {
  if (portion.of === 'all') return left;
  return portion.of === 'lines' ? cost() : portion.amount;
}

/** Which goods a portion is; all of them are those that no refund before was for. */
function goodsOf(
  portion: RefundPortion,
  lines: readonly RefundableLine[],
  before: ReadonlyMap<string, number>,
): readonly RefundLine[] {
  if (portion.of === 'amount') return [];
  if (portion.of === 'lines') return portion.lines;
  return lines
    .map(({ id, quantity }) => ({ lineId: id, quantity: quantity - (before.get(id) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

function unitsOf(refunds: readonly EarlierRefund[]): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const { lineId, quantity } of refunds.flatMap(({ lines }) => lines))
    units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  return units;
}

const unitsLeft = (
  lines: readonly RefundableLine[],
  taken: ReadonlyMap<string, number>,
  lineId: string,
): number => (lines.find(({ id }) => id === lineId)?.quantity ?? 0) - (taken.get(lineId) ?? 0);

const repeatedIn = (lines: readonly RefundLine[]): number[] =>
  placesOf(lines, ({ lineId }, place) => lines.findIndex((line) => line.lineId === lineId) < place);

const placesOf = (lines: readonly RefundLine[], at: (line: RefundLine, place: number) => boolean): number[] =>
  lines.flatMap((line, place) => (at(line, place) ? [place] : []));
