import { isDeepStrictEqual } from 'node:util';

import { type StepName, STEPS } from '#libs/domain/order/steps';

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
    // Its money is taken with the order, so there is nothing left to capture; and a mail is no step of its own.
    const isStep = (step: StepName) => step !== 'capture' && step !== 'announce';
    scene.story.claims(
      'All seven steps are done',
      isDeepStrictEqual(done.filter(isStep), STEPS.filter(isStep)),
      done.join(', '),
    );
    await scene.claim(WENT_WELL);
  },
};
