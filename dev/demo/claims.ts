import { isDeepStrictEqual } from 'node:util';

import type { EndCode } from '#libs/domain/order/end';

import type { Evidence } from './evidence.js';
import { counted, databaseText, gatewayText, ledgerText, mailboxText, stockText } from './evidence-text.js';

/** A claim that must be true of an order, and how it is checked. */
export interface Claim {
  readonly text: string;
  holds(evidence: Evidence): boolean;
  /** What was seen, whether it holds or not. */
  seen(evidence: Evidence): string;
}

const DELIVERED: Claim = {
  text: 'Delivered',
  holds: ({ order }) =>
    order.closed &&
    order.status === 'delivered' &&
    order.payment === 'captured' &&
    order.fulfilment === 'delivered',
  seen: databaseText,
};

const CHARGED_ONCE: Claim = {
  text: 'Charged once',
  holds: ({ gateway, order }) =>
    gateway.intents === 1 &&
    isDeepStrictEqual(gateway.charges, [order.total]) &&
    gateway.refunds.length === 0,
  seen: gatewayText,
};

const SHIPPED_ONCE: Claim = {
  text: 'Shipped once',
  holds: ({ placed, stock, parcels }) =>
    isDeepStrictEqual(parcels, ['delivered']) &&
    stock.onHand === placed.stock.onHand - placed.purchase.quantity &&
    stock.reserved === 0,
  seen: (evidence) => `${counted(evidence.parcels.length, 'parcel')}, ${stockText(evidence)}`,
};

/** The mail that a parcel is on its way is left out where the parcel arrives before it could be sent. */
const MAILED_EACH_ONCE: Claim = {
  text: 'Each mail sent once',
  holds: ({ mails }) =>
    isDeepStrictEqual(
      mails.filter((kind) => kind !== 'shipped' && kind !== 'refund'),
      ['confirmation', 'delivery'],
    ) && count(mails, 'shipped') <= 1,
  seen: mailboxText,
};

const cancelledBecause = (code: EndCode): Claim => ({
  text: 'Cancelled, with the reason',
  holds: ({ order }) => order.closed && order.status === 'cancelled' && order.end === code,
  seen: ({ order }) => `order ${order.status}, reason ${order.end ?? 'missing'}`,
});

const REFUNDED_IN_FULL: Claim = {
  text: 'Charged once and refunded once, to the cent',
  holds: ({ gateway, order }) =>
    order.payment === 'refunded' &&
    gateway.intents === 1 &&
    isDeepStrictEqual(gateway.charges, [order.total]) &&
    isDeepStrictEqual(gateway.refunds, [order.total]),
  seen: gatewayText,
};

const GOODS_RELEASED: Claim = {
  text: 'The goods are in stock again, and no parcel was made',
  holds: ({ placed, stock, order, parcels }) =>
    order.fulfilment === 'released' && isDeepStrictEqual(stock, placed.stock) && parcels.length === 0,
  seen: (evidence) => `${stockText(evidence)}, ${counted(evidence.parcels.length, 'parcel')}`,
};

/** The confirmation does not wait for what comes after the payment, so it may have been sent by then. */
const MAILED_CANCELLATION: Claim = {
  text: 'One mail about the cancellation, and one about the refund',
  holds: ({ mails }) =>
    count(mails, 'cancellation') === 1 &&
    count(mails, 'refund') === 1 &&
    mails.length === 2 + count(mails, 'confirmation') &&
    count(mails, 'confirmation') <= 1,
  seen: mailboxText,
};

/** The ledger sums to zero, owes no refund, and has the same amount at the gateway as the gateway itself. */
export const BOOKS_BALANCE: Claim = {
  text: 'The ledger balances, and agrees with the gateway',
  holds: ({ ledger, gateway }) =>
    ledger.sum === 0 &&
    ledger.payable === 0 &&
    ledger.gateway === -ledger.deposits &&
    ledger.gateway === sum(gateway.charges) - sum(gateway.refunds),
  seen: ledgerText,
};

/** What must be true of every delivered order, whatever happened on its way. */
export const DELIVERED_CORRECTLY: readonly Claim[] = [
  DELIVERED,
  CHARGED_ONCE,
  SHIPPED_ONCE,
  MAILED_EACH_ONCE,
];

/** What must be true of an order that was compensated after it was charged. */
export const compensated = (code: EndCode): readonly Claim[] => [
  cancelledBecause(code),
  REFUNDED_IN_FULL,
  GOODS_RELEASED,
  MAILED_CANCELLATION,
  BOOKS_BALANCE,
];

/** A delivered order of which a part was refunded. @param amount minor units */
export const partlyRefunded = (amount: number): Claim => ({
  text: 'Refunded in part, and still delivered',
  holds: ({ order, gateway }) =>
    order.status === 'delivered' &&
    order.payment === 'partially_refunded' &&
    isDeepStrictEqual(gateway.charges, [order.total]) &&
    isDeepStrictEqual(gateway.refunds, [amount]),
  seen: (evidence) => `${databaseText(evidence)}; ${gatewayText(evidence)}`,
});

/** Some of the goods were returned, and nothing else moved. */
export const returnedToStock = (units: number): Claim => ({
  text: 'The returned goods are in stock again',
  holds: ({ placed, stock }) =>
    stock.onHand === placed.stock.onHand - placed.purchase.quantity + units && stock.reserved === 0,
  seen: stockText,
});

const count = (mails: readonly string[], kind: string) => mails.filter((mail) => mail === kind).length;
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
