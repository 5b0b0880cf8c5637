import { type Booked, pendingRefunds, refunded } from '#libs/order/ledger';
import type { OrderId } from '#libs/order/order-id';
import type { PricedLine, Totals } from '#libs/order/totals';

import { type Letter, letterAsText } from './letter.js';
import { letterAsHtml } from './letter-html.js';
import type { Mail } from './mailer.js';
import { formatPrice } from './price.js';

/** What an order's mails tell of it. Prices are minor units. */
export interface MailedOrder {
  readonly id: OrderId;
  readonly number: string;
  readonly customer: { readonly name: string; readonly email: string };
  readonly shippingAddress: {
    readonly line1: string;
    readonly line2?: string;
    readonly city: string;
    readonly postalCode: string;
    readonly region?: string;
    readonly country: string;
  };
  readonly currency: string;
  readonly lines: readonly (PricedLine & { readonly name: string })[];
  readonly totals: Totals;
  /** May be empty. */
  readonly shipments: readonly { readonly carrier: string; readonly trackingNumber: string }[];
}

/** Step 5: the order is paid for, and the parcel is made ready. */
export function confirmationMail(order: MailedOrder): Mail {
  const price = (amount: number) => formatPrice(amount, order.currency);
  return mail('confirmation', order, `Your order ${order.number} is confirmed`, {
    preview: `Total ${price(order.totals.total)}. We write again when it has arrived.`,
    heading: 'Your order is confirmed',
    opening: [
      `Hello ${oneLine(order.customer.name)},`,
      `Thank you for your order ${order.number}. We have all we need, and your parcel is being made ready.`,
    ],
    items: order.lines.map((line) => ({
      ...named(line),
      detail: `${line.sku}, ${price(line.unitPrice)} each`,
      price: price(line.unitPrice * line.quantity),
    })),
    sums: sums(order.totals).map(({ label, amount, final }) => ({ label, price: price(amount), final })),
    facts: [...tracking(order), address(order)],
    closing: `We write again when your parcel has arrived. Questions? Reply to this mail and name the order, ${order.number}.`,
  });
}

/** Step 7: the carrier has delivered. */
export function deliveryNotice(order: MailedOrder): Mail {
  return mail('delivery', order, `Your order ${order.number} has been delivered`, {
    preview: 'Your parcel has arrived. Enjoy!',
    heading: 'Your parcel has arrived',
    opening: [
      `Hello ${oneLine(order.customer.name)},`,
      `Your order ${order.number} has been delivered. We hope you enjoy it.`,
    ],
    items: order.lines.map((line) => ({ ...named(line), detail: line.sku, price: null })),
    sums: [],
    facts: [...tracking(order), address(order)],
    closing: `Is anything missing or broken, or is the parcel not there? Reply to this mail and name the order, ${order.number}.`,
  });
}

/** The order was cancelled; nothing will come, and what was paid goes back. */
export function cancellationMail(order: MailedOrder & { readonly booked: Booked }): Mail {
  return mail('cancellation', order, `Your order ${order.number} is cancelled`, {
    preview: 'Nothing will be sent.',
    heading: 'Your order is cancelled',
    opening: [
      `Hello ${oneLine(order.customer.name)},`,
      `Your order ${order.number} is cancelled, and nothing will be sent. ${moneyOf(order)}`,
    ],
    items: order.lines.map((line) => ({ ...named(line), detail: line.sku, price: null })),
    sums: [],
    facts: [],
    closing: `Did you not expect this? Reply to this mail and name the order, ${order.number}.`,
  });
}

/** What becomes of the money of an order that was cancelled. */
function moneyOf({ booked, currency }: Pick<MailedOrder, 'currency'> & { readonly booked: Booked }): string {
  const returned = refunded(booked) + pendingRefunds(booked);
  if (returned > 0)
    return `We are giving ${formatPrice(returned, currency)} back to the card you paid with; your bank may take some days to show it.`;
  // Its refund has failed: somebody sees to it, and may write.
  if (booked.captured !== undefined) return 'We are looking into your payment.';
  return 'You have not been charged.';
}

function mail(kind: string, order: MailedOrder, subject: string, letter: Letter): Mail {
  return {
    to: order.customer.email,
    name: oneLine(order.customer.name),
    subject,
    text: letterAsText(letter),
    html: letterAsHtml(letter),
    messageId: `${kind}.${order.id}`,
  };
}

/** Tax and discount appear only where there are any. */
function sums(totals: Totals): { label: string; amount: number; final: boolean }[] {
  return [
    { label: 'Subtotal', amount: totals.subtotal, final: false },
    { label: 'Shipping', amount: totals.shipping, final: false },
    { label: 'Discount', amount: -totals.discount, final: false },
    { label: 'Tax', amount: totals.tax, final: false },
    { label: 'Total', amount: totals.total, final: true },
  ].filter(({ label, amount }) => amount !== 0 || (label !== 'Discount' && label !== 'Tax'));
}

const named = (line: MailedOrder['lines'][number]) => ({
  quantity: String(line.quantity),
  name: oneLine(line.name),
});

const tracking = (order: MailedOrder): Letter['facts'] =>
  order.shipments.map(({ carrier, trackingNumber }) => ({
    label: 'Tracking number',
    lines: [`${trackingNumber} (${carrier})`],
  }));

function address({ customer, shippingAddress: a }: MailedOrder): Letter['facts'][number] {
  const lines = [customer.name, a.line1, a.line2, `${a.postalCode} ${a.city}`, a.region, a.country];
  return {
    label: 'Delivery address',
    lines: lines.filter((line): line is string => Boolean(line)).map(oneLine),
  };
}

/** A name with a line break in it must not look like a second line, nor like a header. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
