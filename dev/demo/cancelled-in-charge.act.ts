import type { Act } from './act.js';
import { compensated } from './claims.js';

/** Milliseconds. */
const GATEWAY_TAKES = 3_000;
const MIDDLE = GATEWAY_TAKES / 2;

export const cancelledInCharge: Act = {
  title: 'Cancelled in the middle of the charge',
  about: [
    'The gateway takes 3 s for a charge, and the shopper cancels in the middle. The charge is not',
    'interrupted: the order waits for its answer, and then every step is compensated.',
  ],
  purchase: {
    customer: 'Hana Example',
    email: 'hana@example.com',
    sku: 'LAST-ONE',
    quantity: 1,
    postalCode: '10115',
  },
  async run(context) {
    const { system, report } = context;
    await system.faults.add({ operation: 'payment_intents.confirm', fault: 'slow', delay: GATEWAY_TAKES });
    const order = await context.placeOrder();
    await context.until('the charge', () => system.faults.areApplied());
    report.event('the gateway has begun to charge the card');
    await order.followFor(MIDDLE);
    const { state: asked } = await system.shop.cancel(order.id);
    report.event(`the shopper cancels: ${asked}`);
    const captured = await order.event('payment.captured');
    const requested = await order.event('cancellation.requested');
    await order.end();
    report.claim(
      'Asked for while the gateway charged',
      asked === 'requested' && Date.parse(requested.at) < Date.parse(captured.at),
      `cancellation ${requested.at.slice(11, 23)}, charge in the ledger ${captured.at.slice(11, 23)}`,
    );
    const { state } = await system.shop.cancellation(order.id);
    report.claim('The cancellation was accepted', state === 'accepted', `cancellation ${state}`);
    await context.check(compensated('cancelled'));
  },
};
