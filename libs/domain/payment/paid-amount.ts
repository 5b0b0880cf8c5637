import { type Booked, paid } from '../ledger/ledger.js';
import type { PaymentStatus } from '../order/states.js';

/** The fields of an order that decide whether it is paid as it was sold. */
export interface PayableOrder {
  readonly payment: PaymentStatus;
  readonly totals: { readonly total: number };
  /** The amount an operator accepted instead of the total, in minor units. */
  readonly acceptedAmount: number | null;
  readonly booked: Booked;
}

const PAID: readonly PaymentStatus[] = ['authorized', 'captured', 'partially_refunded', 'refunded'];

/** What the order is to be paid with, in minor units. */
export const dueAmount = ({ totals, acceptedAmount }: Pick<PayableOrder, 'totals' | 'acceptedAmount'>) =>
  acceptedAmount ?? totals.total;

/** How what was taken, or is held, differs from what is due; null where it does not. */
export function amountDifference(order: PayableOrder): 'paid_less' | 'paid_more' | null {
  return PAID.includes(order.payment) ? differenceOf(paid(order.booked), dueAmount(order)) : null;
}

export function differenceOf(amount: number, due: number): 'paid_less' | 'paid_more' | null {
  if (amount === due) return null;
  return amount < due ? 'paid_less' : 'paid_more';
}
