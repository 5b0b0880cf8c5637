import type { Act } from './act.js';
import { compensated } from './claims.js';

export const carrierRefuses: Act = {
  title: 'The carrier refuses after the charge',
  about: [
    'The carrier refuses postal code 00000, after the card was charged. The steps that are done are compensated, the',
    'last one first: the money is refunded, the goods are released, and the shopper gets a mail.',
  ],
  purchase: {
    customer: 'Eva Example',
    email: 'eva@example.com',
    sku: 'DESK-LAMP',
    quantity: 1,
    postalCode: '00000',
  },
  async run(context) {
    const order = await context.placeOrder();
    await order.end();
    await context.check(compensated('carrier_refused'));
  },
};
