import { isDeepStrictEqual } from 'node:util';

import type { Act } from './act.js';
import { DELIVERED_CORRECTLY } from './claims.js';
import { counted } from './evidence-text.js';

/** Milliseconds. */
const SHOPPER_TAKES = 1_000;

export const secondCard: Act = {
  title: 'A second card after a decline',
  about: [
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
  async run(context) {
    const { system, report } = context;
    const order = await context.placeOrder();
    await order.event('payment.declined');
    await order.followFor(SHOPPER_TAKES);
    const { fulfilment } = await system.database.order(order.id);
    const { decline } = await system.shop.order(order.id);
    await system.shop.pay(order.id, 'pm_card_mastercard');
    report.event('the shopper tries another card');
    await order.event('payment.captured');
    await order.end();
    report.claim('The goods were kept meanwhile', fulfilment === 'reserved', `goods ${fulfilment}`);
    const asked = (await system.shop.events(order.id)).find(
      ({ type }) => type === 'payment.attempt_requested',
    );
    const { decline: last } = await system.shop.order(order.id);
    report.claim(
      'The order showed why the first card was declined, and when the second one was tried',
      decline?.code === 'generic_decline' && isAuthorizing(asked?.changes['payment']) && last === null,
      `${decline?.code ?? 'no decline'}, then ${isAuthorizing(asked?.changes['payment']) ? 'authorizing' : 'nothing'}`,
    );
    const { intents, declines } = await system.gateway.of(order.id);
    report.claim(
      'Both cards on one intent',
      intents === 1 && declines === 1,
      `${counted(intents, 'intent')}, ${counted(declines, 'decline')}`,
    );
    await context.check(DELIVERED_CORRECTLY);
  },
};

/** Whether a change of an order's payment begins another attempt. */
const isAuthorizing = (change: unknown) => isDeepStrictEqual(change, { from: 'declined', to: 'authorizing' });
