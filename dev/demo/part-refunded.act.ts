import { randomUUID } from 'node:crypto';

import { formatPrice } from '#libs/mail/price';

import type { Act } from './act.js';
import { returnedToStock, BOOKS_BALANCE, partlyRefunded } from './claims.js';

/** One of three, with its third of tax and shipping: (3 × 17.90 + 10.20 + 4.90) / 3, the odd cent first. */
const SHARE = 2_294;

export const partRefunded: Act = {
  title: 'One of three is returned',
  about: [
    'Orders now have tax and shipping. Three tumblers have arrived, one of them is returned: an operator refunds it by its',
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
  async run(context) {
    const { system, report } = context;
    const order = await context.placeOrder();
    await order.end();
    const { lines, currency } = await system.shop.order(order.id);
    const back = lines.map(({ id }) => ({ lineId: id, quantity: 1 }));
    const body = { lines: back, reason: 'requested_by_customer', restock: true } as const;
    const key = randomUUID();
    const first = await system.operator.refund(order.id, body, key);
    const again = await system.operator.refund(order.id, body, key);
    report.event(`the operator refunds one of them, ${formatPrice(first.amount, currency)}, and asks again`);
    await order.event('refund.succeeded');
    report.claim(
      'One key, one refund',
      first.id === again.id && order.times('refund.requested') === 1,
      `refund.requested × ${order.times('refund.requested')}`,
    );
    report.claim(
      'A third of the goods, of the tax and of the shipping',
      first.amount === SHARE,
      formatPrice(first.amount, currency),
    );
    await context.check([partlyRefunded(SHARE), returnedToStock(1), BOOKS_BALANCE]);
  },
};
