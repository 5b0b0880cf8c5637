import { seconds } from '../terminal/terminal.js';
import type { Act } from './act.js';
import { DELIVERED_CORRECTLY } from './claims.js';

/** Milliseconds. */
const GATEWAY_TAKES = 5_000;
const MIDDLE = GATEWAY_TAKES / 2;

export const killedInCharge: Act = {
  title: 'Killed during the charge',
  about: [
    'The gateway takes 5 s for a charge. The worker is killed in the middle, so no process gets the answer.',
    'The next worker must find out that the card was charged, and not charge it again.',
  ],
  purchase: {
    customer: 'Cleo Example',
    email: 'cleo@example.com',
    sku: 'COFFEE-BEANS-1KG',
    quantity: 3,
    postalCode: '10115',
  },
  async run(context) {
    const { system, report } = context;
    await system.faults.add({ operation: 'payment_intents.confirm', fault: 'slow', delay: GATEWAY_TAKES });
    const order = await context.placeOrder();
    await context.until('the charge', () => system.faults.areApplied());
    report.event('the gateway has begun to charge the card');
    await order.followFor(MIDDLE);
    await context.killWorker();
    const killedAt = Date.now();
    const { log } = await system.startWorker();
    report.event('a new worker is ready');
    const captured = await order.event('payment.captured');
    await order.end();
    const took = Date.parse(captured.at) - killedAt;
    const charge = (await system.historyOf(order.id)).activities.find(
      ({ name }) => name === 'reserveAndCharge',
    );
    report.claim(
      'Taken over once no heartbeat came',
      charge !== undefined && charge.attempt > 1 && charge.heartbeatMissed,
      `attempt ${charge?.attempt ?? 0}; ${seconds(Math.max(took, 0))} from the kill to the charge in the ledger`,
    );
    const detection = `Idempotency detected: ${order.id}:charge:1 already processed`;
    const detected = log.some((line) => line.includes(detection));
    report.claim('The new worker’s log says so', detected, detected ? detection : 'there is no such line');
    const captures = order.times('payment.captured');
    report.claim('Booked once', captures === 1, `payment.captured × ${captures}`);
    await context.check(DELIVERED_CORRECTLY);
  },
};
