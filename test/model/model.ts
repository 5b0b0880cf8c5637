import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderStatus } from '#libs/domain/order/states';

import { type Card, CARDS } from './cards.js';
import { type Good, GOODS } from './goods.js';

/** What a shopper orders. */
export interface OrderDraft {
  readonly lines: readonly { readonly good: Good; readonly quantity: number }[];
  readonly method: Card;
  /** Whether the carrier takes parcels to the address. */
  readonly reachable: boolean;
  /** Whether the shop ships to the country. */
  readonly served: boolean;
}

/** An order that was accepted, and the ways in which it may end. */
export interface ModelOrder {
  readonly id: OrderId;
  readonly number: string;
  readonly email: string;
  /** The request that placed it, to be repeated. */
  readonly request: { readonly key: string; readonly body: Readonly<Record<string, unknown>> };
  readonly draft: OrderDraft;
  /** Minor units. */
  readonly total: number;
  readonly lines: readonly { readonly id: string; readonly sku: string; readonly quantity: number }[];
  /** The refunds that were requested, and accepted. */
  readonly refunds: Set<string>;
  /** How it would end by itself, and how else after the commands on it. */
  readonly mayEnd: Set<OrderStatus>;
  /** Whether an operator skipped one of its emails. */
  mayLackMail: boolean;
  /** Whether a caller requested its cancellation through the API. */
  wasToBeCancelled: boolean;
  /** Whether its bank released the hold: then it is not paid, unless it had been. */
  holdLapsed: boolean;
}

/** What a run has done to the system, as far as its end depends on that. */
export interface Model {
  /** Counts the runs, and makes names that no other run has. */
  readonly run: number;
  readonly orders: ModelOrder[];
  /** How any order of the run may end, because a provider was scripted to refuse a call of any order. */
  readonly mayEnd: Set<OrderStatus>;
  /** In words, in order. */
  readonly done: string[];
  /** What happened and is in no audit trail, in words. */
  readonly came: Set<string>;
  isWorkerUp: boolean;
  /** Whether some of the gateway's events were withheld. */
  eventsWereWithheld: boolean;
  /** The worker died or was overtaken: a mail may be sent twice only after this. */
  workerFailed: boolean;
  /** Whether the mail server was scripted to refuse a mail for good. */
  mailWasRefused: boolean;
}

export function newModel(run: number): Model {
  return {
    run,
    orders: [],
    mayEnd: new Set(),
    done: [],
    came: new Set(),
    isWorkerUp: true,
    eventsWereWithheld: false,
    workerFailed: false,
    mailWasRefused: false,
  };
}

export const totalOf = ({ lines }: OrderDraft) =>
  lines.reduce((sum, { good, quantity }) => sum + GOODS[good].unitPrice * quantity, 0);

/** How an order ends without other faults than those that an operator, a retry or a restart corrects. */
export const naturalEnd = (draft: OrderDraft): OrderStatus =>
  totalOf(draft) > 0 && CARDS[draft.method] !== 'pays' ? 'rejected' : paidEnd(draft);

/** How it ends once it is paid. */
export function paidEnd(draft: OrderDraft): OrderStatus {
  const isThere = draft.lines.every(
    ({ good, quantity }) => GOODS[good].sellable && quantity <= GOODS[good].stock,
  );
  if (!draft.served || !isThere) return 'rejected';
  return draft.reachable ? 'delivered' : 'cancelled';
}

/** Every way an order may have ended. */
export function possibleEnds(model: Model, order: ModelOrder): ReadonlySet<OrderStatus> {
  const wants = ({ draft }: ModelOrder) => draft.lines.some(({ good }) => good === 'LAST');
  const rivals = model.orders.filter(wants).length > 1;
  return new Set([
    ...order.mayEnd,
    ...model.mayEnd,
    ...(rivals && wants(order) ? (['rejected'] as const) : []),
    ...(order.holdLapsed ? (['cancelled'] as const) : []),
  ]);
}

/** The order of the run for a drawn number. @throws Error when there is none */
export function pickOrder(model: Model, pick: number): ModelOrder {
  const order = model.orders[pick % model.orders.length];
  if (!order) throw new Error('no order has been placed');
  return order;
}

export const hasOrders = (model: Model) => model.orders.length > 0;
