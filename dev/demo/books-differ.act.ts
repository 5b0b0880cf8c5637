import { formatPrice } from '#libs/mail/price';

import type { Act } from './act.js';
import { BOOKS_BALANCE, partlyRefunded } from './claims.js';

/** Minor units. */
const BY_HAND = 500;

export const booksDiffer: Act = {
  title: 'A refund that nobody told of',
  tells: [
    'Somebody gives €5.00 back at the gateway’s dashboard, past this service. Reconciliation holds both books against',
    'each other and finds it. An operator acknowledges it, which takes it into the books; then they agree.',
  ],
  purchase: {
    customer: 'Jule Example',
    email: 'jule@example.com',
    sku: 'NOTEBOOK-A5',
    quantity: 2,
    postalCode: '10115',
  },
  async run(scene) {
    const { stage, story } = scene;
    const order = await scene.place();
    await order.end();
    const refund = await stage.visitors.refundByHand(order.id, BY_HAND);
    story.says(`somebody refunds ${formatPrice(BY_HAND, 'EUR')} by hand: ${refund}`);

    story.says('npm run reconcile -- --since 1h --min-age 0s');
    const first = await stage.reconcile('1h');
    story.shows(first.said);
    const discrepancies = await stage.operator.discrepancies();
    const found = discrepancies.find(({ objectId }) => objectId === refund);
    story.claims(
      'Found, and nothing else',
      !first.agree &&
        discrepancies.length === 1 &&
        found?.kind === 'unknown_refund' &&
        found.found === BY_HAND,
      `${discrepancies.length} found: ${discrepancies.map(({ kind }) => kind).join(', ') || 'none'}`,
    );
    const { attention } = await stage.shop.order(order.id);
    const kinds = attention.map(({ kind }) => kind).join(', ');
    story.claims('The order waits for a person', kinds === 'discrepancy', kinds || 'nothing waits');
    if (!found) return;

    await stage.operator.acknowledge(found.id, 'Goodwill, after a call with the shopper.');
    await order.event('attention.resolved');
    story.says('an operator has acknowledged it');
    story.says('npm run reconcile -- --since 1h --min-age 0s');
    const second = await stage.reconcile('1h');
    story.shows(second.said);
    story.claims('Then the books agree', second.agree, second.said.at(-1) ?? 'it says nothing');
    await scene.claim([partlyRefunded(BY_HAND), BOOKS_BALANCE]);
  },
};
