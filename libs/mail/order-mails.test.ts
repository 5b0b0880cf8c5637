import { describe, expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';

import type { MailedOrder } from './mailed-order.js';
import {
  cancellationMail,
  confirmationMail,
  deliveryNotice,
  failedDeliveryMail,
  refundMail,
  rejectionMail,
  shippingNotice,
} from './order-mails.js';
import type { Shop } from './shop.js';

const SHOP: Shop = {
  name: 'Mugs & More',
  url: 'https://shop.example/?from=mail&x="1"',
  logoUrl: 'https://shop.example/logo.png',
  paymentMethod: 'card',
};

const ORDER: MailedOrder = {
  id: orderId('0193a5c0-7b1e-7cc3-98c4-dc0c0c07398f'),
  number: 'R-7K3M-92QD',
  customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
  shippingAddress: { line1: '12 St James’s Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
  currency: 'EUR',
  lines: [
    { sku: 'MUG-BLUE', name: 'Blue mug', quantity: 2, unitPrice: 1990, taxRate: 0.19 },
    { sku: 'TEA-100', name: 'Black tea, 100 g', quantity: 1, unitPrice: 850, taxRate: 0.07 },
  ],
  totals: { subtotal: 4830, shipping: 490, discount: 0, tax: 816, total: 6136 },
  shipments: [
    {
      carrier: 'Parcel Service',
      trackingNumber: 'PS123456789',
      trackingUrl: 'https://parcels.example/track?n=PS123456789&lang="en"',
    },
  ],
  booked: {},
  endReason: null,
};

/** What a shopper could type into the checkout, or a clerk into the catalogue. */
const HOSTILE: MailedOrder = {
  ...ORDER,
  customer: {
    name: `<script>alert('x')</script> "O'Neil"\r\nBcc: all@example.com`,
    email: 'ada@example.com',
  },
  lines: [{ sku: 'A&B', name: '<b>Mug</b>', quantity: 1, unitPrice: 100, taxRate: 0 }],
};

const REFUND = { id: '0193a5c0-7b1e-7cc3-98c4-dc0c0c073990', amount: 500 };

describe('the confirmation', () => {
  const mail = confirmationMail(ORDER, SHOP);

  it('goes to the customer and names the order', () => {
    expect(mail).toMatchObject({
      to: 'ada@example.com',
      name: 'Ada Lovelace',
      subject: 'Your order R-7K3M-92QD is confirmed',
    });
  });

  it.each(['text', 'html'] as const)(
    'shows in %s what was bought, for how much, and how it comes',
    (part) => {
      for (const fact of [
        '2 × Blue mug',
        'MUG-BLUE, €19.90 each',
        '€39.80',
        'Black tea, 100 g',
        'Subtotal',
        '€48.30',
        'Shipping',
        '€4.90',
        'Tax',
        '€8.16',
        'Total',
        '€61.36',
        'PS123456789 (Parcel Service)',
        'SW1Y 4JH',
        'United Kingdom',
        'Payment',
        'Card',
      ]) {
        expect(mail[part]).toContain(fact);
      }
    },
  );

  it('leaves out discount, tax and tracking where there are none', () => {
    const plain = confirmationMail(
      {
        ...ORDER,
        totals: { subtotal: 4830, shipping: 0, discount: 0, tax: 0, total: 4830 },
        shipments: [],
      },
      SHOP,
    );
    for (const part of [plain.text, plain.html]) {
      expect(part).toContain('€0.00');
      expect(part).not.toMatch(/Discount|Tax|Tracking/);
    }
  });

  it('counts a currency without a minor unit in whole units', () => {
    expect(confirmationMail({ ...ORDER, currency: 'JPY' }, SHOP).text).toContain('¥6,136');
  });

  it('needs no more columns than a terminal has', () => {
    const widths = mail.text.split('\n').map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(78);
  });
});

describe('the delivery notice', () => {
  it.each(['text', 'html'] as const)('shows in %s what arrived, and no prices', (part) => {
    const mail = deliveryNotice(ORDER, SHOP);
    expect(mail.subject).toBe('Your order R-7K3M-92QD has been delivered');
    expect(mail[part]).toContain('2 × Blue mug');
    expect(mail[part]).toContain('PS123456789');
    expect(mail[part]).not.toContain('€');
  });
});

describe('a cancellation mail', () => {
  const paid = cancellationMail({ ...ORDER, booked: { captured: 6136, refund_requested: 6136 } }, SHOP);
  const stuck = cancellationMail(
    {
      ...ORDER,
      booked: { captured: 6136, refund_requested: 6136, refund_failed: 6136 },
    },
    SHOP,
  );
  const unpaid = cancellationMail(ORDER, SHOP);

  it('names the order', () => {
    expect(paid.subject).toBe('Your order R-7K3M-92QD is cancelled');
  });

  it.each(['text', 'html'] as const)('shows in %s what will not come, and what is refunded', (part) => {
    expect(paid[part]).toContain('2 × Blue mug');
    expect(paid[part]).toContain('nothing will be sent');
    expect(paid[part]).toContain('€61.36');
    expect(paid[part]).not.toMatch(/not been charged|Total|PS123456789/);
  });

  it.each(['text', 'html'] as const)(
    'states in %s to a shopper who never paid that nothing was charged',
    (part) => {
      expect(unpaid[part]).toContain('You have not been charged.');
      expect(unpaid[part]).not.toContain('€');
    },
  );

  it.each(['text', 'html'] as const)('promises nothing in %s after the refund failed', (part) => {
    expect(stuck[part]).toContain('We are looking into your payment.');
    expect(stuck[part]).not.toMatch(/€|not been charged/);
  });
});

describe.each([
  ['the confirmation', confirmationMail],
  ['the delivery notice', deliveryNotice],
  ['the shipping notice', shippingNotice],
  ['word of a delivery that failed', failedDeliveryMail],
  ['word of a cancellation', cancellationMail],
  ['word of a rejection', rejectionMail],
  ['word of a refund', (order: MailedOrder, shop: Shop) => refundMail(order, shop, REFUND)],
])('%s', (_, write) => {
  it('is the same mail each time it is written', () => {
    expect(write(ORDER, SHOP)).toEqual(write(ORDER, SHOP));
  });

  it('shows markup as what it is: text', () => {
    const { html } = write(HOSTILE, SHOP);
    expect(html).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &quot;O&#39;Neil&quot;');
    expect(html).not.toMatch(/<script|<b>/);
  });

  it('keeps a name on one line', () => {
    const mail = write(HOSTILE, SHOP);
    expect(mail.name).toBe(`<script>alert('x')</script> "O'Neil" Bcc: all@example.com`);
    expect(mail.text).not.toMatch(/^Bcc:/m);
  });
});

describe('texts of other people', () => {
  const named = (name: string): MailedOrder => ({
    ...ORDER,
    customer: { ...ORDER.customer, name },
    shippingAddress: { ...ORDER.shippingAddress, line1: name },
  });

  it('stand in both parts as they were typed, and change nothing around them', () => {
    for (const name of ['אדה לאבלייס', 'آدا لوفليس', 'Ada \u202ecipe\u202c']) {
      const { text, html } = shippingNotice(named(name), SHOP);
      expect(text).toContain(`Hello \u2068${name}\u2069,`);
      expect(html).toContain(`Hello <bdi>\u2068${name}\u2069</bdi>,`);
      expect(html).toContain(`<div><bdi>\u2068${name}\u2069</bdi></div>`);
    }
  });

  it('cannot end their isolation', () => {
    const { text, html } = shippingNotice(named('Ada\u2069\u202e'), SHOP);
    expect(text).toContain('Hello \u2068Ada\u202e\u2069,');
    expect(html).toContain('Hello <bdi>\u2068Ada\u202e\u2069</bdi>,');
  });

  it('reach the header as they were typed, unless they hold a control', () => {
    expect(shippingNotice(named('אדה'), SHOP).name).toBe('אדה');
    expect(shippingNotice(named('=?utf-8?B?QmNjOg==?='), SHOP).name).toBe('=?utf-8?B?QmNjOg==?=');
    expect(shippingNotice(named('Ada\u202e'), SHOP).name).toBe('\u2068Ada\u202e\u2069');
  });
});

describe('the shop', () => {
  it('is shown by its logo, which leads to it', () => {
    const { html, text } = confirmationMail(ORDER, SHOP);
    expect(html).toContain('href="https://shop.example/?from=mail&amp;x=&quot;1&quot;"');
    expect(html).toMatch(/<img\s+src="https:\/\/shop.example\/logo.png"\s+alt="Mugs &amp; More"/);
    expect(text.trimEnd().split('\n').slice(-2)).toEqual(['Mugs & More', SHOP.url]);
  });

  it('is shown by its name without a logo, and not at all without either', () => {
    const plain = confirmationMail(ORDER, { name: 'Mugs & More', paymentMethod: 'card' });
    expect(plain.html).toContain('Mugs &amp; More');
    expect(plain.html).not.toMatch(/<img|<a /);
    expect(confirmationMail(ORDER, { name: '', paymentMethod: 'card' }).html).not.toMatch(/<img|<a /);
  });

  it('states how its shoppers pay', () => {
    const shop = { name: '', paymentMethod: 'bank account' };
    expect(confirmationMail(ORDER, shop).text).toContain('Payment:\n  Bank account');
    expect(refundMail(ORDER, shop, REFUND).text.replaceAll('\n', ' ')).toContain(
      'to the bank account you paid with',
    );
  });
});

describe('the shipping notice', () => {
  it.each(['text', 'html'] as const)('has in %s the number and the carrier’s page', (part) => {
    const mail = shippingNotice(ORDER, SHOP);
    expect(mail.subject).toBe('Your order R-7K3M-92QD is on its way');
    expect(mail[part]).toContain('PS123456789 (Parcel Service)');
    expect(mail[part]).toContain('https://parcels.example/track?n=PS123456789');
  });

  it('has no link where the carrier has no page', () => {
    const shipments = [{ carrier: 'Parcel Service', trackingNumber: 'PS1', trackingUrl: null }];
    const mail = shippingNotice({ ...ORDER, shipments }, { name: '', paymentMethod: 'card' });
    expect(mail.text).not.toContain('Track your parcel');
    expect(mail.html).not.toContain('<a ');
  });
});

describe('a rejection mail', () => {
  it.each([
    ['out_of_stock', 'sold out'],
    ['payment_declined', 'declined'],
    ['payment_expired', 'in time'],
    ['reservation_expired', 'in time'],
    ['invalid', 'no longer sold'],
  ] as const)('says why: %s', (code, says) => {
    const mail = rejectionMail({ ...ORDER, endReason: { code, by: 'workflow' } }, SHOP);
    for (const part of [mail.text.replaceAll('\n', ' '), mail.html]) {
      expect(part).toContain(says);
      expect(part).toContain('You have not been charged.');
    }
  });
});

describe('a mail about a delivery that failed', () => {
  it.each([
    ['returned', 'came back to us'],
    ['lost', 'was lost'],
  ] as const)('says what happened, and what is refunded: %s', (code, says) => {
    const booked = { captured: 6136, refund_requested: 6136, refund_succeeded: 6136 };
    const { text } = failedDeliveryMail({ ...ORDER, booked, endReason: { code, by: 'carrier' } }, SHOP);
    expect(text.replaceAll('\n', ' ')).toContain(says);
    expect(text.replaceAll('\n', ' ')).toContain('We have given €61.36 back to the card you paid with.');
  });
});

it('gives each mail its own id, and each refund', () => {
  const mails = [
    confirmationMail,
    shippingNotice,
    deliveryNotice,
    failedDeliveryMail,
    cancellationMail,
    rejectionMail,
  ].map((write) => write(ORDER, SHOP).messageId);
  expect(mails).toEqual(
    ['confirmation', 'shipped', 'delivery', 'undelivered', 'cancellation', 'rejection'].map(
      (kind) => `${kind}.${ORDER.id}`,
    ),
  );
  expect(refundMail(ORDER, SHOP, REFUND)).toMatchObject({
    messageId: `refund.${REFUND.id}`,
    subject: 'A refund of €5.00 for your order R-7K3M-92QD',
  });
});
