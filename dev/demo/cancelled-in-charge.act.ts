import type { Act } from './act.js';
import { takenBack } from './claims.js';

/** Milliseconds. */
const GATEWAY_TAKES = 3_000;
const MIDDLE = GATEWAY_TAKES / 2;

export const cancelledInCharge: Act = {
  title: 'Cancelled in the middle of the charge',
  tells: [
    'The gateway takes 3 s for a charge, and the shopper cancels in the middle. The charge is not torn apart: its',
    'answer is waited for, and then everything is taken back.',
  ],
  purchase: {
    customer: 'Hana Example',
    email: 'hana@example.com',
    sku: 'LAST-ONE',
    quantity: 1,
    postalCode: '10115',
  },
  async run(scene) {
    const { stage, story } = scene;
    await stage.faults.add({ operation: 'payment_intents.confirm', fault: 'slow', delay: GATEWAY_TAKES });
    const order = await scene.place();
    await scene.until('the charge', () => stage.faults.struck());
    story.says('the gateway has begun to charge the card');
    await order.during(MIDDLE);
    const { state: asked } = await stage.shop.cancel(order.id);
    story.says(`the shopper cancels: ${asked}`);
    const captured = await order.event('payment.captured');
    const wished = await order.event('cancellation.requested');
    await order.end();
    story.claims(
      'Asked for while the gateway charged',
      asked === 'requested' && Date.parse(wished.at) < Date.parse(captured.at),
      `cancellation ${wished.at.slice(11, 23)}, charge in the books ${captured.at.slice(11, 23)}`,
    );
    const { state } = await stage.shop.cancellation(order.id);
    story.claims('The wish was granted', state === 'accepted', `cancellation ${state}`);
    await scene.claim(takenBack('cancelled'));
  },
};
