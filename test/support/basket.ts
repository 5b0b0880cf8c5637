import { randomUUID } from 'node:crypto';

import type { PlaceOrder } from '#libs/client/openapi';

/** What a shopper buys where that does not matter to a test. No two have the same email address. */
export const basket = (): PlaceOrder => ({
  customer: { name: 'Xanthippe Quillfeather', email: `quillfeather-${randomUUID()}@example.com` },
  shippingAddress: {
    line1: '1 Harbour Road',
    line2: 'Care of Mrs Thistlewaite',
    city: 'Cwmystwyth',
    postalCode: 'SY23 4AG',
    country: 'GB',
    phone: '+44 1632 960771',
  },
  currency: 'EUR',
  lines: [{ sku: 'MUG-BLUE', quantity: 2 }],
  payment: { method: 'pm_card_visa' },
});
