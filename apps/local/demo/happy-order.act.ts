import { isDeepStrictEqual } from 'node:util';

import { STEPS } from '#libs/order/steps';

import type { Act } from './act.js';
import { WENT_WELL } from './claims.js';

export const happyOrder: Act = {
  title: 'A happy order',
  tells: ['All seven steps, from the order to the mail that it has arrived. Nothing goes wrong.'],
  purchase: {
    customer: 'Ada Example',
    email: 'ada@example.com',
    sku: 'MUG-BLUE',
    quantity: 2,
    postalCode: '10115',
  },
  async run(scene) {
    const order = await scene.place();
    await order.end();
    const { done } = await scene.stage.progressOf(order.id);
    // Its money is taken with the order, so there is nothing left to capture.
    const seven = STEPS.filter((step) => step !== 'capture');
    scene.story.claims('All seven steps are done, in order', isDeepStrictEqual(done, seven), done.join(', '));
    await scene.claim(WENT_WELL);
  },
};
