import { describe, expect, it } from 'vitest';

import { orderId } from '#libs/order/order-id';

import { cancellationMail, confirmationMail, deliveryNotice, type MailedOrder } from './order-mails.js';

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
  shipments: [{ carrier: 'Parcel Service', trackingNumber: 'PS123456789' }],
};

/** What somebody could type into a shop's checkout, or a clerk into the catalogue. */
const HOSTILE: MailedOrder = {
  ...ORDER,
  customer: {
    name: `<script>alert('x')</script> "O'Neil"\r\nBcc: all@example.com`,
    email: 'ada@example.com',
  },
  lines: [{ sku: 'A&B', name: '<b>Mug</b>', quantity: 1, unitPrice: 100, taxRate: 0 }],
};

describe('the confirmation', () => {
  const mail = confirmationMail(ORDER);

  it('goes to the customer and names the order', () => {
    expect(mail).toMatchObject({
      to: 'ada@example.com',
      name: 'Ada Lovelace',
      subject: 'Your order R-7K3M-92QD is confirmed',
    });
  });

  it.each(['text', 'html'] as const)(
    'tells in %s what was bought, for how much, and how it comes',
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
        'SW1Y 4JH London',
      ]) {
        expect(mail[part]).toContain(fact);
      }
    },
  );

  it('leaves out what there is none of', () => {
    const plain = confirmationMail({
      ...ORDER,
      totals: { subtotal: 4830, shipping: 0, discount: 0, tax: 0, total: 4830 },
      shipments: [],
    });
    for (const part of [plain.text, plain.html]) {
      expect(part).toContain('€0.00');
      expect(part).not.toMatch(/Discount|Tax|Tracking/);
    }
  });

  it('counts a currency without a minor unit in whole units', () => {
    expect(confirmationMail({ ...ORDER, currency: 'JPY' }).text).toContain('¥6,136');
  });

  it('takes up no more columns than a terminal has', () => {
    const widths = mail.text.split('\n').map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(78);
  });
});

describe('the delivery notice', () => {
  it.each(['text', 'html'] as const)('tells in %s what arrived, and no prices', (part) => {
    const mail = deliveryNotice(ORDER);
    expect(mail.subject).toBe('Your order R-7K3M-92QD has been delivered');
    expect(mail[part]).toContain('2 × Blue mug');
    expect(mail[part]).toContain('PS123456789');
    expect(mail[part]).not.toContain('€');
  });
});

describe('word of a cancellation', () => {
  const paid = cancellationMail({ ...ORDER, booked: { captured: 6136, refund_requested: 6136 } });
  const stuck = cancellationMail({
    ...ORDER,
    booked: { captured: 6136, refund_requested: 6136, refund_failed: 6136 },
  });
  const unpaid = cancellationMail({ ...ORDER, booked: {} });

  it('names the order', () => {
    expect(paid.subject).toBe('Your order R-7K3M-92QD is cancelled');
  });

  it.each(['text', 'html'] as const)('tells in %s what will not come, and what is given back', (part) => {
    expect(paid[part]).toContain('2 × Blue mug');
    expect(paid[part]).toContain('nothing will be sent');
    expect(paid[part]).toContain('€61.36');
    expect(paid[part]).not.toMatch(/not been charged|Total|PS123456789/);
  });

  it.each(['text', 'html'] as const)(
    'tells in %s a shopper who never paid that nothing was charged',
    (part) => {
      expect(unpaid[part]).toContain('You have not been charged.');
      expect(unpaid[part]).not.toContain('€');
    },
  );

  it.each(['text', 'html'] as const)('promises nothing in %s while the money will not go back', (part) => {
    expect(stuck[part]).toContain('We are looking into your payment.');
    expect(stuck[part]).not.toMatch(/€|not been charged/);
  });
});

describe.each([
  ['the confirmation', confirmationMail],
  ['the delivery notice', deliveryNotice],
  ['word of a cancellation', (order: MailedOrder) => cancellationMail({ ...order, booked: {} })],
])('%s', (_, write) => {
  it('is the same mail each time it is written', () => {
    expect(write(ORDER)).toEqual(write(ORDER));
  });

  it('shows markup as what it is: text', () => {
    const { html } = write(HOSTILE);
    expect(html).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &quot;O&#39;Neil&quot;');
    expect(html).toContain('&lt;b&gt;Mug&lt;/b&gt;');
    expect(html).not.toContain('<script');
  });

  it('keeps a name on one line', () => {
    const mail = write(HOSTILE);
    expect(mail.name).toBe(`<script>alert('x')</script> "O'Neil" Bcc: all@example.com`);
    expect(mail.text).not.toMatch(/^Bcc:/m);
  });
});

it('gives each kind of mail an id of its own', () => {
  expect(confirmationMail(ORDER).messageId).toBe(`confirmation.${ORDER.id}`);
  expect(deliveryNotice(ORDER).messageId).toBe(`delivery.${ORDER.id}`);
  expect(cancellationMail({ ...ORDER, booked: {} }).messageId).toBe(`cancellation.${ORDER.id}`);
});
