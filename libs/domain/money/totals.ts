import { Money } from './money.js';

/** One line of an order as it was priced when the order was accepted; never repriced. */
export interface PricedLine {
  readonly sku: string;
  readonly quantity: number;
  /** Minor units, without tax. */
  readonly unitPrice: number;
  /** A fraction: 0.19 is 19 %. */
  readonly taxRate: number;
}

/** What an order costs, in minor units. `total = subtotal + shipping − discount + tax`. */
export interface Totals {
  readonly subtotal: number;
  readonly shipping: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
}

/**
 * Adds up an order. Tax is rounded once per line, as an invoice shows it.
 *
 * @param shippingFee minor units; not taxed
 */
export function totalsOf(lines: readonly PricedLine[], shippingFee: number, currency: string): Totals {
  const net = (line: PricedLine) => Money.of(line.unitPrice, currency).times(line.quantity);
  const sum = (amounts: Money[]) => amounts.reduce((a, b) => a.plus(b), Money.zero(currency));
  const subtotal = sum(lines.map(net));
  const tax = sum(lines.map((line) => net(line).share(line.taxRate)));
  const shipping = Money.of(shippingFee, currency);
  const total = subtotal.plus(shipping).plus(tax);
  return {
    subtotal: subtotal.amount,
    shipping: shipping.amount,
    discount: 0,
    tax: tax.amount,
    total: total.amount,
  };
}
