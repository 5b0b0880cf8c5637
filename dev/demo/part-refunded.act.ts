import { randomUUID } from 'node:crypto';

import { formatPrice } from '#libs/mail/price';

import type { Act } from './act.js';
import { backOnTheShelf, BOOKS_BALANCE, partlyRefunded } from './claims.js';

/** One of three, with its third of tax and shipping: (3 × 17.90 + 10.20 + 4.90) / 3, the odd cent first. */
const SHARE = 2_294;

export const partRefunded: Act = {
  title: 'One of three comes back',
  tells: [
    'Orders now have tax and shipping. Three tumblers have arrived, one of them comes back: an operator refunds it by its',
    'line, with its share of both, and asks twice, with one key, to be sure.',
  ],
  purchase: {
    customer: 'Ivo Example',
    email: 'ivo@example.com',
    sku: 'TUMBLER',
    quantity: 3,
    postalCode: '10115',
  },
  rules: { TAX_RATE: '0.19', SHIPPING_FEE: '490' },
  async run(scene) {
    const { stage, story } = scene;
    const order = await scene.place();
    await order.end();
    const { lines, currency } = await stage.shop.order(order.id);
    const back = lines.map(({ id }) => ({ lineId: id, quantity: 1 }));
    const body = { lines: back, reason: 'requested_by_customer', restock: true } as const;
    const key = randomUUID();
    const first = await stage.operator.refund(order.id, body, key);
    const again = await stage.operator.refund(order.id, body, key);
    story.says(`the operator refunds one of them, ${formatPrice(first.amount, currency)}, and asks again`);
    await order.event('refund.succeeded');
    story.claims(
      'One key, one refund',
      first.id === again.id && order.times('refund.requested') === 1,
      `refund.requested × ${order.times('refund.requested')}`,
    );
    story.claims(
      'A third of the goods, of the tax and of the shipping',
      first.amount === SHARE,
      formatPrice(first.amount, currency),
    );
    await scene.claim([partlyRefunded(SHARE), backOnTheShelf(1), BOOKS_BALANCE]);
  },
};
