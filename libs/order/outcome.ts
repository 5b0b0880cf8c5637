import type { EndCode } from './end.js';
import type { OrderState } from './states.js';

/** Why an order did not come about. */
export const REFUSALS = [
  'invalid',
  'out_of_stock',
  'payment_declined',
  'payment_expired',
  'reservation_expired',
  'cancelled',
] as const satisfies readonly EndCode[];
export type RefusalCode = (typeof REFUSALS)[number];

/** What became of the wish to buy. */
export type Outcome =
  /** Not known yet; the order goes on by itself. */
  | { readonly is: 'open' }
  /** Not known before the shopper acts on the payment. */
  | { readonly is: 'with_shopper' }
  | { readonly is: 'confirmed' }
  | { readonly is: 'refused'; readonly code: RefusalCode };

/** What tells the outcome. */
export interface OutcomeFacts extends Pick<OrderState, 'status' | 'payment'> {
  readonly endCode: EndCode | null;
  /** Whether the order was ever confirmed, whatever came after. */
  readonly wasConfirmed: boolean;
}

/** An order that was confirmed stays so here: what is cancelled or given back later is another matter. */
export function outcomeOf({ status, payment, endCode, wasConfirmed }: OutcomeFacts): Outcome {
  if (wasConfirmed) return { is: 'confirmed' };
  if (status === 'pending') {
    if (payment === 'declined') return { is: 'refused', code: 'payment_declined' };
    return { is: payment === 'requires_action' ? 'with_shopper' : 'open' };
  }
  return { is: 'refused', code: REFUSALS.find((code) => code === endCode) ?? 'cancelled' };
}
