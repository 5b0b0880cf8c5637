import { seconds } from '../command/terminal.js';
import type { Act } from './act.js';
import { WENT_WELL } from './claims.js';
import { counted } from './holdings.js';

/** Milliseconds. */
const KILL_AFTER = 2_000;
const DEAD_FOR = 5_000;
const WAIT = 10_000;

export const killedInWait: Act = {
  title: 'Killed during a durable wait',
  tells: [
    'Orders now wait 10 s between the reservation and the charge. In that time the worker is killed, and nobody',
    'is there for 5 s. The wait must neither begin anew nor be forgotten.',
  ],
  purchase: {
    customer: 'Ben Example',
    email: 'ben@example.com',
    sku: 'TEAPOT-CAST-IRON',
    quantity: 1,
    postalCode: '10115',
  },
  rules: { GRACE_BEFORE_CHARGE: '10s' },
  async run(scene) {
    const { stage, story } = scene;
    const order = await scene.place();
    await order.event('inventory.reserved');
    await order.during(KILL_AFTER);
    await scene.killWorker();
    await scene.pause(DEAD_FOR);
    story.says('a new worker is started');
    await stage.startWorker();
    story.says('it is ready');
    await order.event('payment.captured');
    await order.end();
    // Temporal's own times: what a worker takes to start, or a machine to wake up, is not in them.
    const waits = (await stage.historyOf(order.id)).timers.filter(({ setTo }) => setTo === WAIT);
    const [wait] = waits;
    story.claims(
      'The wait was neither begun anew nor forgotten',
      waits.length === 1 && wait?.tookTo !== undefined && wait.tookTo >= WAIT,
      `${counted(waits.length, 'timer')} of ${seconds(WAIT)}, over after ${seconds(wait?.tookTo ?? 0)}`,
    );
    await scene.claim(WENT_WELL);
  },
};
