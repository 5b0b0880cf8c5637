import { formatPrice } from '#libs/mail/price';

import type { Evidence } from './evidence.js';

/** The evidence of an order in words, by the party that gave it. */
export const gatewayText = ({
  gateway: { intents, charges, declines, refunds },
  order: { currency },
}: Evidence) =>
  [
    counted(intents, 'intent'),
    `${counted(charges.length, 'charge')}${prices(charges, currency)}`,
    ...(declines > 0 ? [counted(declines, 'decline')] : []),
    ...(refunds.length > 0 ? [`${counted(refunds.length, 'refund')}${prices(refunds, currency)}`] : []),
  ].join(', ');

export const databaseText = ({ order: { status, payment, fulfilment } }: Evidence) =>
  `order ${status}, payment ${payment}, goods ${fulfilment}`;

export const ledgerText = ({
  ledger: { gateway, deposits, payable, sum },
  order: { currency },
}: Evidence) => {
  const price = (amount: number) => formatPrice(amount, currency);
  return `gateway ${price(gateway)}, deposits ${price(deposits)}, payable ${price(payable)}, together ${price(sum)}`;
};

export const stockText = ({ placed: { purchase, stock: before }, stock: now }: Evidence) =>
  `${purchase.sku} ${before.onHand} → ${now.onHand}, ${now.reserved} held`;

export const mailboxText = ({ mails }: Evidence) => (mails.length > 0 ? mails.join(', ') : 'nothing');

export function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
}

const prices = (amounts: readonly number[], currency: string) =>
  amounts.length > 0 ? ` of ${amounts.map((amount) => formatPrice(amount, currency)).join(' and ')}` : '';
