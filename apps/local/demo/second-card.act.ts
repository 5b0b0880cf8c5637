import type { Act } from './act.js';
import { WENT_WELL } from './claims.js';
import { counted } from './holdings.js';

/** Milliseconds. */
const SHOPPER_TAKES = 1_000;

export const secondCard: Act = {
  title: 'A second card after a decline',
  tells: [
    'Orders now stay open for 10 min after a decline. The first card is declined; the shopper tries another one, on',
    'the same PaymentIntent. The goods stay reserved meanwhile.',
  ],
  purchase: {
    customer: 'Gil Example',
    email: 'gil@example.com',
    sku: 'TEA-TOWEL',
    quantity: 2,
    postalCode: '10115',
    method: 'pm_card_chargeDeclined',
  },
  rules: { DECLINE_WINDOW: '10m' },
  async run(scene) {
    const { stage, story } = scene;
    const order = await scene.place();
    await order.event('payment.declined');
    await order.during(SHOPPER_TAKES);
    const { fulfilment } = await stage.books.order(order.id);
    await stage.shop.pay(order.id, 'pm_card_mastercard');
    story.says('the shopper tries another card');
    await order.event('payment.captured');
    await order.end();
    story.claims('The goods were kept meanwhile', fulfilment === 'reserved', `goods ${fulfilment}`);
    const { intents, declines } = await stage.gateway.of(order.id);
    story.claims(
      'Both cards on one intent',
      intents === 1 && declines === 1,
      `${counted(intents, 'intent')}, ${counted(declines, 'decline')}`,
    );
    await scene.claim(WENT_WELL);
  },
};
