import type { EndCode, RejectionCode } from '#libs/domain/order/end';
import { type Booked, pendingRefunds, refunded } from '#libs/domain/ledger/ledger';
import type { Totals } from '#libs/domain/money/totals';

import { contained } from './isolation.js';
import { type MailContent, contentAsText } from './mail-content.js';
import { contentAsHtml } from './mail-html.js';
import type { Mail } from './mailer.js';
import {
  deliveryAddress,
  greeting,
  items,
  type MailedOrder,
  named,
  oneLine,
  tracking,
  trackingLink,
} from './mailed-order.js';
import { formatPrice } from './price.js';
import type { Shop } from './shop.js';

/** Step 5: the order is paid, or its money is held. */
export function confirmationMail(order: MailedOrder, shop: Shop): Mail {
  const price = (amount: number) => formatPrice(amount, order.currency);
  return mail('confirmation', order, `Your order ${order.number} is confirmed`, {
    shop,
    preview: `Total ${price(order.totals.total)}. We write again when it is on its way.`,
    heading: 'Your order is confirmed',
    opening: [
      greeting(order),
      `Thank you for your order ${order.number}. We have all we need, and your parcel is being made ready.`,
    ],
    items: order.lines.map((line) => ({
      ...named(line),
      detail: `${line.sku}, ${price(line.unitPrice)} each`,
      price: price(line.unitPrice * line.quantity),
    })),
    sums: sums(order.totals).map(({ label, amount, final }) => ({ label, price: price(amount), final })),
    facts: [
      ...(order.totals.total > 0 ? [{ label: 'Payment', lines: [capitalized(shop.paymentMethod)] }] : []),
      ...tracking(order),
      deliveryAddress(order),
    ],
    closing: `We write again when your parcel is on its way. ${questions(order)}`,
  });
}

/** The carrier has picked the parcel up. */
export function shippingNotice(order: MailedOrder, shop: Shop): Mail {
  return mail('shipped', order, `Your order ${order.number} is on its way`, {
    shop,
    preview: 'The carrier has your parcel.',
    heading: 'Your parcel is on its way',
    opening: [greeting(order), `The carrier has picked up your order ${order.number}.`],
    ...trackingLink(order),
    items: items(order),
    sums: [],
    facts: [...tracking(order), deliveryAddress(order)],
    closing: `We write again when it has arrived. ${questions(order)}`,
  });
}

/** Step 7: the carrier has delivered. */
export function deliveryNotice(order: MailedOrder, shop: Shop): Mail {
  return mail('delivery', order, `Your order ${order.number} has been delivered`, {
    shop,
    preview: 'Your parcel has arrived. Enjoy!',
    heading: 'Your parcel has arrived',
    opening: [greeting(order), `Your order ${order.number} has been delivered. We hope you enjoy it.`],
    items: items(order),
    sums: [],
    facts: [...tracking(order), deliveryAddress(order)],
    closing: `Is anything missing or broken, or is the parcel not there? Reply to this mail and name the order, ${order.number}.`,
  });
}

/** The parcel was returned or is lost, and the payment is refunded. */
export function failedDeliveryMail(order: MailedOrder, shop: Shop): Mail {
  const happened = order.endReason?.code === 'returned' ? 'came back to us' : 'was lost on its way';
  return mail('undelivered', order, `Your order ${order.number} could not be delivered`, {
    shop,
    preview: `Your parcel ${happened}.`,
    heading: 'Your parcel could not be delivered',
    opening: [
      greeting(order),
      `We are sorry: the parcel of your order ${order.number} ${happened}. ${moneyOf(order, shop)}`,
    ],
    items: items(order),
    sums: [],
    facts: [...tracking(order), deliveryAddress(order)],
    closing: `Would you like it sent again? Please place a new order. ${questions(order)}`,
  });
}

/** The order was cancelled; no parcel will come, and the payment is refunded. */
export function cancellationMail(order: MailedOrder, shop: Shop): Mail {
  return mail('cancellation', order, `Your order ${order.number} is cancelled`, {
    shop,
    preview: 'Nothing will be sent.',
    heading: 'Your order is cancelled',
    opening: [
      greeting(order),
      `Your order ${order.number} is cancelled, and nothing will be sent. ${moneyOf(order, shop)}`,
    ],
    items: items(order),
    sums: [],
    facts: [],
    closing: `Did you not expect this? Reply to this mail and name the order, ${order.number}.`,
  });
}

/** The order ended before it was confirmed, after it had been accepted. */
export function rejectionMail(order: MailedOrder, shop: Shop): Mail {
  const why = REJECTED[order.endReason?.code ?? 'invalid'] ?? 'We could not complete it.';
  return mail('rejection', order, `Your order ${order.number} could not be completed`, {
    shop,
    preview: why,
    heading: 'Your order could not be completed',
    opening: [
      greeting(order),
      `We are sorry: your order ${order.number} could not be completed, and nothing will be sent. ${why} ${moneyOf(order, shop)}`,
    ],
    items: items(order),
    sums: [],
    facts: [],
    closing: `Would you still like to have it? Please place a new order. ${questions(order)}`,
  });
}

const REJECTED: Readonly<Record<RejectionCode, string> & Partial<Record<EndCode, string>>> = {
  invalid: 'Something in it is no longer sold, or we do not deliver to your address.',
  out_of_stock: 'Something in it has sold out in the meantime.',
  payment_declined: 'Your payment was declined.',
  payment_expired: 'Your payment was not completed in time.',
  reservation_expired: 'We did not receive your payment in time.',
};

/** A refund was made. */
export function refundMail(
  order: MailedOrder,
  shop: Shop,
  refund: { readonly id: string; readonly amount: number },
): Mail {
  const price = formatPrice(refund.amount, order.currency);
  const content = {
    shop,
    preview: `${price} goes back to the ${shop.paymentMethod} you paid with.`,
    heading: 'Your refund',
    opening: [
      greeting(order),
      `We have given back ${price} of your order ${order.number}, to the ${shop.paymentMethod} you paid with. ${BANKS}`,
    ],
    items: [],
    sums: [{ label: 'Refund', price, final: true }],
    facts: [],
    closing: questions(order),
  };
  return {
    ...mail('refund', order, `A refund of ${price} for your order ${order.number}`, content),
    messageId: `refund.${refund.id}`,
  };
}

const BANKS = 'Your bank may take some days to show it.';

/** What happens to the money of an order that was rejected or cancelled. */
function moneyOf(
  { booked, currency }: { readonly booked: Booked; readonly currency: string },
  { paymentMethod }: Shop,
): string {
  const pending = pendingRefunds(booked);
  const returned = refunded(booked) + pending;
  if (returned > 0) {
    const verb = pending > 0 ? 'We are giving' : 'We have given';
    return `${verb} ${formatPrice(returned, currency)} back to the ${paymentMethod} you paid with. ${BANKS}`;
  }
  // Its refund has failed: an operator handles it, and may write.
  if (booked.captured !== undefined) return 'We are looking into your payment.';
  return 'You have not been charged.';
}

const questions = ({ number }: MailedOrder) => `Questions? Reply to this mail and name the order, ${number}.`;

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function mail(kind: string, order: MailedOrder, subject: string, content: MailContent): Mail {
  return {
    to: order.customer.email,
    name: contained(oneLine(order.customer.name)),
    subject,
    text: contentAsText(content),
    html: contentAsHtml(content),
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
