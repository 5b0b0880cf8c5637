import type { Act } from './act.js';
import { takenBack } from './claims.js';

export const carrierRefuses: Act = {
  title: 'The carrier refuses after the charge',
  tells: [
    'Nobody delivers to postal code 00000, which shows only after the card was charged. What was done is taken',
    'back, newest first: the money is refunded, the goods are released, and the shopper is told.',
  ],
  purchase: {
    customer: 'Eva Example',
    email: 'eva@example.com',
    sku: 'DESK-LAMP',
    quantity: 1,
    postalCode: '00000',
  },
  async run(scene) {
    const order = await scene.place();
    await order.end();
    await scene.claim(takenBack('carrier_refused'));
  },
};
