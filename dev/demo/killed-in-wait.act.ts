import { seconds } from '../terminal/terminal.js';
import type { Act } from './act.js';
import { DELIVERED_CORRECTLY } from './claims.js';
import { counted } from './evidence-text.js';

/** Milliseconds. */
const KILL_AFTER = 2_000;
const NO_WORKER_FOR = 5_000;
const WAIT = 10_000;

export const killedInWait: Act = {
  title: 'Killed during a durable wait',
  about: [
    'Orders now wait 10 s between the reservation and the charge. In that time the worker is killed, and for',
    '5 s there is none. The wait must neither begin again nor be lost.',
  ],
  purchase: {
    customer: 'Ben Example',
    email: 'ben@example.com',
    sku: 'TEAPOT-CAST-IRON',
    quantity: 1,
    postalCode: '10115',
  },
  rules: { GRACE_BEFORE_CHARGE: '10s' },
  async run(context) {
    const { system, report } = context;
    const order = await context.placeOrder();
    await order.event('inventory.reserved');
    await order.followFor(KILL_AFTER);
    await context.killWorker();
    await context.pause(NO_WORKER_FOR);
    report.event('a new worker is started');
    await system.startWorker();
    report.event('it is ready');
    await order.event('payment.captured');
    await order.end();
    // Temporal's own times: what a worker takes to start, or a machine to wake up, is not in them.
    const waits = (await system.historyOf(order.id)).timers.filter(({ setTo }) => setTo === WAIT);
    const [wait] = waits;
    report.claim(
      'The wait neither began again nor was lost',
      waits.length === 1 && wait?.tookTo !== undefined && wait.tookTo >= WAIT,
      `${counted(waits.length, 'timer')} of ${seconds(WAIT)}, over after ${seconds(wait?.tookTo ?? 0)}`,
    );
    await context.check(DELIVERED_CORRECTLY);
  },
};
