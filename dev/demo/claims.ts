import { isDeepStrictEqual } from 'node:util';

import type { EndCode } from '#libs/domain/order/end';

import type { Evidence } from './evidence.js';
import { counted, databaseHolds, gatewayHolds, ledgerHolds, mailboxHolds, stockHolds } from './holdings.js';

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

/** That a parcel is on its way is told unless it arrives sooner than that could be. */
const TOLD_OF_ALL: Claim = {
  says: 'Told of each thing once',
  holds: ({ mails }) =>
    isDeepStrictEqual(
      mails.filter((kind) => kind !== 'shipped' && kind !== 'refund'),
      ['confirmation', 'delivery'],
    ) && count(mails, 'shipped') <= 1,
  seen: mailboxHolds,
};

const cancelledBecause = (code: EndCode): Claim => ({
  says: 'Cancelled, and why',
  holds: ({ order }) => order.closed && order.status === 'cancelled' && order.end === code,
  seen: ({ order }) => `order ${order.status}, because ${order.end ?? 'of nothing'}`,
});

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

/** The confirmation does not wait for what comes after the payment, so it may have gone by then. */
const TOLD_ONCE: Claim = {
  says: 'Told once that it is cancelled, and once of the refund',
  holds: ({ mails }) =>
    count(mails, 'cancellation') === 1 &&
    count(mails, 'refund') === 1 &&
    mails.length === 2 + count(mails, 'confirmation') &&
    count(mails, 'confirmation') <= 1,
  seen: mailboxHolds,
};

/** That the ledger balances, owes nobody a refund, and has at the gateway what the gateway says. */
export const BOOKS_BALANCE: Claim = {
  says: 'The ledger balances, and agrees with the gateway',
  holds: ({ ledger, gateway }) =>
    ledger.sum === 0 &&
    ledger.payable === 0 &&
    ledger.gateway === -ledger.deposits &&
    ledger.gateway === sum(gateway.charges) - sum(gateway.refunds),
  seen: ledgerHolds,
};

/** What is so of every order that went well, whatever happened on its way. */
export const WENT_WELL: readonly Claim[] = [DELIVERED, CHARGED_ONCE, SHIPPED_ONCE, TOLD_OF_ALL];

/** What is so of an order that was taken back after it was charged. */
export const takenBack = (code: EndCode): readonly Claim[] => [
  cancelledBecause(code),
  MONEY_BACK,
  GOODS_BACK,
  TOLD_ONCE,
  BOOKS_BALANCE,
];

/** What is so of a delivered order of which some money went back. @param amount minor units */
export const partlyRefunded = (amount: number): Claim => ({
  says: 'Refunded in part, and still delivered',
  holds: ({ order, gateway }) =>
    order.status === 'delivered' &&
    order.payment === 'partially_refunded' &&
    isDeepStrictEqual(gateway.charges, [order.total]) &&
    isDeepStrictEqual(gateway.refunds, [amount]),
  seen: (evidence) => `${databaseHolds(evidence)}; ${gatewayHolds(evidence)}`,
});

/** That some of the goods came back, and nothing else moved. */
export const backOnTheShelf = (units: number): Claim => ({
  says: 'What came back is on the shelf',
  holds: ({ placed, stock }) =>
    stock.onHand === placed.stock.onHand - placed.purchase.quantity + units && stock.reserved === 0,
  seen: stockHolds,
});

const count = (mails: readonly string[], kind: string) => mails.filter((mail) => mail === kind).length;
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
