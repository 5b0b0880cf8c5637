/**
 * What may follow what, for the three states an order has. Each table maps a state to the states that may
 * follow it; nothing else in the system decides this.
 */
type Table<S extends string> = Readonly<Record<S, readonly S[]>>;

export type OrderStatus =
  'pending' | 'confirmed' | 'shipped' | 'cancelling' | 'delivered' | 'undelivered' | 'rejected' | 'cancelled';

export const STATUS: Table<OrderStatus> = {
  pending: ['confirmed', 'rejected', 'cancelling'],
  confirmed: ['shipped', 'delivered', 'undelivered', 'cancelling'],
  shipped: ['delivered', 'undelivered'],
  cancelling: ['cancelled', 'shipped', 'delivered', 'undelivered'],
  delivered: [],
  undelivered: [],
  rejected: [],
  cancelled: [],
};

export type PaymentStatus =
  | 'none'
  | 'not_required'
  | 'requires_action'
  | 'processing'
  | 'authorizing'
  | 'authorized'
  | 'captured'
  | 'declined'
  | 'voided'
  | 'partially_refunded'
  | 'refunded';

export const PAYMENT: Table<PaymentStatus> = {
  none: ['not_required', 'requires_action', 'processing', 'authorized', 'captured', 'declined', 'voided'],
  not_required: [],
  requires_action: ['processing', 'authorized', 'captured', 'declined', 'voided'],
  processing: ['authorized', 'captured', 'declined', 'voided'],
  declined: ['authorizing', 'requires_action', 'processing', 'authorized', 'captured', 'voided'],
  authorizing: ['requires_action', 'processing', 'authorized', 'captured', 'declined', 'voided'],
  authorized: ['captured', 'voided'],
  captured: ['partially_refunded', 'refunded'],
  partially_refunded: ['captured', 'refunded'],
  refunded: ['captured', 'partially_refunded'],
  voided: [],
};

export type FulfilmentStatus =
  'none' | 'reserved' | 'released' | 'ready' | 'shipped' | 'delivered' | 'returned' | 'lost';

export const FULFILMENT: Table<FulfilmentStatus> = {
  none: ['reserved'],
  reserved: ['released', 'ready'],
  released: [],
  ready: ['reserved', 'shipped', 'delivered', 'returned', 'lost'],
  shipped: ['delivered', 'returned', 'lost'],
  delivered: ['returned'],
  returned: [],
  lost: ['delivered', 'returned'],
};

const PICKED_UP: readonly FulfilmentStatus[] = ['shipped', 'delivered', 'returned', 'lost'];

/** Whether the carrier has, or had, the parcel. */
export const isPickedUp = (fulfilment: FulfilmentStatus): boolean => PICKED_UP.includes(fulfilment);

export interface OrderState {
  readonly status: OrderStatus;
  readonly payment: PaymentStatus;
  readonly fulfilment: FulfilmentStatus;
}

export const INITIAL_STATE: OrderState = { status: 'pending', payment: 'none', fulfilment: 'none' };

export const ORDER_STATUSES = Object.keys(STATUS) as OrderStatus[];

/** An end has no way out. */
export function isEnd(status: OrderStatus): boolean {
  return STATUS[status].length === 0;
}

export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
}

/**
 * The part of `next` that differs from `state`.
 *
 * @throws IllegalTransition when a table does not allow one of the changes
 */
export function transition(state: OrderState, next: Partial<OrderState>): Partial<OrderState> {
  return {
    ...follow(STATUS, 'status', state.status, next.status),
    ...follow(PAYMENT, 'payment', state.payment, next.payment),
    ...follow(FULFILMENT, 'fulfilment', state.fulfilment, next.fulfilment),
  };
}

function follow<S extends string>(table: Table<S>, name: string, from: S, to: S | undefined) {
  if (to === undefined || to === from) return {};
  if (!table[from].includes(to)) throw new IllegalTransition(`${name} cannot go from ${from} to ${to}`);
  return { [name]: to };
}
