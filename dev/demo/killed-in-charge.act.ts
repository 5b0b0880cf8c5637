import { seconds } from '../command/terminal.js';
import type { Act } from './act.js';
import { WENT_WELL } from './claims.js';

/** Milliseconds. */
const GATEWAY_TAKES = 5_000;
const MIDDLE = GATEWAY_TAKES / 2;

export const killedInCharge: Act = {
  title: 'Killed during the charge',
  tells: [
    'The gateway takes 5 s for a charge. The worker is killed in the middle, so the answer reaches nobody.',
    'The next worker must find out that the card was charged, and not charge it again.',
  ],
  purchase: {
    customer: 'Cleo Example',
    email: 'cleo@example.com',
    sku: 'COFFEE-BEANS-1KG',
    quantity: 3,
    postalCode: '10115',
  },
  async run(scene) {
    const { stage, story } = scene;
    await stage.faults.add({ operation: 'payment_intents.confirm', fault: 'slow', delay: GATEWAY_TAKES });
    const order = await scene.place();
    await scene.until('the charge', () => stage.faults.struck());
    story.says('the gateway has begun to charge the card');
    await order.during(MIDDLE);
    await scene.killWorker();
    const killedAt = Date.now();
    const { log } = await stage.startWorker();
    story.says('a new worker is ready');
    const captured = await order.event('payment.captured');
    await order.end();
    const took = Date.parse(captured.at) - killedAt;
    const charge = (await stage.historyOf(order.id)).activities.find(({ name }) => name === 'chargePayment');
    story.claims(
      'Taken over once no heartbeat came',
      charge !== undefined && charge.attempt > 1 && charge.missed,
      `attempt ${charge?.attempt ?? 0}; ${seconds(Math.max(took, 0))} from the kill to the charge in the books`,
    );
    const detection = `Idempotency detected: ${order.id}:charge:1 already processed`;
    const detected = log.some((line) => line.includes(detection));
    story.claims('The new worker’s log says so', detected, detected ? detection : 'it does not');
    const captures = order.times('payment.captured');
    story.claims('Booked once', captures === 1, `payment.captured × ${captures}`);
    await scene.claim(WENT_WELL);
  },
};
