import { seconds } from '../terminal.js';
import type { Act } from './act.js';
import { WENT_WELL } from './claims.js';

/** Milliseconds. */
const KILL_AFTER = 2_000;
const DEAD_FOR = 5_000;
/**
 * What 10 s may turn out as: never less, and up to 3 s more, for which a run waits for the worker that knew it
 * (stickyQueueScheduleToStartTimeout in apps/worker/order-workers.ts), on a machine that is busy starting one.
 */
const ABOUT_TEN_SECONDS = { from: 9_500, to: 16_000 };

export const killedInWait: Act = {
  title: 'Killed during a durable wait',
  tells: [
    'Orders now wait 10 s between the reservation and the charge. In that time the worker is killed, and nobody',
    'is there for 5 s. The wait must neither begin anew nor be forgotten; the order may take 3 s more to turn to',
    'a worker that does not know it yet.',
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
    const reserved = await order.event('inventory.reserved');
    await order.during(KILL_AFTER);
    await scene.killWorker();
    await scene.pause(DEAD_FOR);
    story.says('a new worker is started');
    await stage.startWorker();
    story.says('it is ready');
    const captured = await order.event('payment.captured');
    await order.end();
    const waited = Date.parse(captured.at) - Date.parse(reserved.at);
    story.claims(
      'The whole wait was about 10 s',
      ABOUT_TEN_SECONDS.from <= waited && waited <= ABOUT_TEN_SECONDS.to,
      `${seconds(waited)} from the reservation to the charge`,
    );
    await scene.claim(WENT_WELL);
  },
};
