import { formatPrice } from '#libs/mail/price';

import type { Act } from './act.js';
import { BOOKS_BALANCE, partlyRefunded } from './claims.js';

/** Minor units. */
const REFUNDED = 500;

export const booksDiffer: Act = {
  title: 'A refund made without this service',
  about: [
    '€5.00 is refunded at the gateway’s dashboard, without this service. Reconciliation compares the books of both and',
    'finds it. An operator acknowledges it, which books the refund here, too; then the books agree.',
  ],
  purchase: {
    customer: 'Jule Example',
    email: 'jule@example.com',
    sku: 'NOTEBOOK-A5',
    quantity: 2,
    postalCode: '10115',
  },
  async run(context) {
    const { system, report } = context;
    const order = await context.placeOrder();
    await order.end();
    const refund = await system.gatewayActions.refundFromDashboard(order.id, REFUNDED);
    report.event(`${formatPrice(REFUNDED, 'EUR')} is refunded at the dashboard: ${refund}`);

    report.event('npm run reconcile -- --since 1h --min-age 0s');
    const first = await system.reconcile('1h');
    report.lines(first.lines);
    const discrepancies = await system.operator.discrepancies();
    const found = discrepancies.find(({ objectId }) => objectId === refund);
    report.claim(
      'Found, and nothing else',
      !first.agree &&
        discrepancies.length === 1 &&
        found?.kind === 'unknown_refund' &&
        found.found === REFUNDED,
      `${discrepancies.length} found: ${discrepancies.map(({ kind }) => kind).join(', ') || 'none'}`,
    );
    const { attention } = await system.shop.order(order.id);
    const kinds = attention.map(({ kind }) => kind).join(', ');
    report.claim('The order waits for a person', kinds === 'discrepancy', kinds || 'nothing waits');
    if (!found) return;

    await system.operator.acknowledge(found.id, 'Goodwill, after a call with the shopper.');
    await order.event('attention.resolved');
    report.event('an operator has acknowledged it');
    report.event('npm run reconcile -- --since 1h --min-age 0s');
    const second = await system.reconcile('1h');
    report.lines(second.lines);
    report.claim('Then the books agree', second.agree, second.lines.at(-1) ?? 'it wrote nothing');
    await context.check([partlyRefunded(REFUNDED), BOOKS_BALANCE]);
  },
};
