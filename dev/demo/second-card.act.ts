import { isDeepStrictEqual } from 'node:util';

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
    const { decline } = await stage.shop.order(order.id);
    await stage.shop.pay(order.id, 'pm_card_mastercard');
    story.says('the shopper tries another card');
    await order.event('payment.captured');
    await order.end();
    story.claims('The goods were kept meanwhile', fulfilment === 'reserved', `goods ${fulfilment}`);
    const asked = (await stage.shop.events(order.id)).find(
      ({ type }) => type === 'payment.attempt_requested',
    );
    const { decline: last } = await stage.shop.order(order.id);
    story.claims(
      'The order told why the first card was declined, and when the second one was tried',
      decline?.code === 'generic_decline' && isAuthorizing(asked?.changes['payment']) && last === null,
      `${decline?.code ?? 'no decline'}, then ${isAuthorizing(asked?.changes['payment']) ? 'authorizing' : 'nothing'}`,
    );
    const { intents, declines } = await stage.gateway.of(order.id);
    story.claims(
      'Both cards on one intent',
      intents === 1 && declines === 1,
      `${counted(intents, 'intent')}, ${counted(declines, 'decline')}`,
    );
    await scene.claim(WENT_WELL);
  },
};

/** Whether a change of an order's payment begins another attempt. */
const isAuthorizing = (change: unknown) => isDeepStrictEqual(change, { from: 'declined', to: 'authorizing' });
