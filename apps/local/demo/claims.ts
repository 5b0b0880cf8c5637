import { isDeepStrictEqual } from 'node:util';

import type { Evidence } from './evidence.js';
import { counted, databaseHolds, gatewayHolds, mailboxHolds, stockHolds } from './holdings.js';

/** Something that must be so of an order, and how to tell. */
export interface Claim {
  readonly says: string;
  holds(evidence: Evidence): boolean;
  /** What was seen, whether it holds or not. */
  seen(evidence: Evidence): string;
}

const DELIVERED: Claim = {
  says: 'Delivered',
  holds: ({ order }) =>
    order.closed &&
    order.status === 'delivered' &&
    order.payment === 'captured' &&
    order.fulfilment === 'delivered',
  seen: databaseHolds,
};

const CHARGED_ONCE: Claim = {
  says: 'Charged once',
  holds: ({ gateway, order }) =>
    gateway.intents === 1 &&
    isDeepStrictEqual(gateway.charges, [order.total]) &&
    gateway.refunds.length === 0,
  seen: gatewayHolds,
};

const SHIPPED_ONCE: Claim = {
  says: 'Shipped once',
  holds: ({ placed, stock, parcels }) =>
    isDeepStrictEqual(parcels, ['delivered']) &&
    stock.onHand === placed.stock.onHand - placed.purchase.quantity &&
    stock.reserved === 0,
  seen: (evidence) => `${counted(evidence.parcels.length, 'parcel')}, ${stockHolds(evidence)}`,
};

const TWO_MAILS: Claim = {
  says: 'Told twice, once of each',
  holds: ({ mails }) => isDeepStrictEqual(mails, ['confirmation', 'delivery']),
  seen: mailboxHolds,
};

const CANCELLED: Claim = {
  says: 'Cancelled, and why',
  holds: ({ order }) => order.closed && order.status === 'cancelled' && order.end === 'carrier_refused',
  seen: ({ order }) => `order ${order.status}, because ${order.end ?? 'of nothing'}`,
};

const MONEY_BACK: Claim = {
  says: 'Charged once and refunded once, to the cent',
  holds: ({ gateway, order }) =>
    order.payment === 'refunded' &&
    gateway.intents === 1 &&
    isDeepStrictEqual(gateway.charges, [order.total]) &&
    isDeepStrictEqual(gateway.refunds, [order.total]),
  seen: gatewayHolds,
};

const GOODS_BACK: Claim = {
  says: 'The goods are back on the shelf, and no parcel was made',
  holds: ({ placed, stock, order, parcels }) =>
    order.fulfilment === 'released' && isDeepStrictEqual(stock, placed.stock) && parcels.length === 0,
  seen: (evidence) => `${stockHolds(evidence)}, ${counted(evidence.parcels.length, 'parcel')}`,
};

const NO_MAIL: Claim = {
  says: 'Nobody was told that it is confirmed',
  holds: ({ mails }) => mails.length === 0,
  seen: mailboxHolds,
};

/** What is so of every order that went well, whatever happened on its way. */
export const WENT_WELL: readonly Claim[] = [DELIVERED, CHARGED_ONCE, SHIPPED_ONCE, TWO_MAILS];

/** What is so of an order that was taken back after it was charged. */
export const TAKEN_BACK: readonly Claim[] = [CANCELLED, MONEY_BACK, GOODS_BACK, NO_MAIL];
