import { isDeepStrictEqual } from 'node:util';

import { type StepName, STEPS } from '#libs/domain/order/steps';

import type { Act } from './act.js';
import { DELIVERED_CORRECTLY } from './claims.js';

export const happyOrder: Act = {
  title: 'A happy order',
  about: ['All seven steps, from the order to the mail about its delivery. Nothing goes wrong.'],
  purchase: {
    customer: 'Ada Example',
    email: 'ada@example.com',
    sku: 'MUG-BLUE',
    quantity: 2,
    postalCode: '10115',
  },
  async run(context) {
    const order = await context.placeOrder();
    await order.end();
    const { done } = await context.system.progressOf(order.id);
    // Its money is captured with the order, so there is nothing left to capture; and an email is no separate step.
    const isStep = (step: StepName) => step !== 'capture' && step !== 'announce';
    context.report.claim(
      'All seven steps are done',
      isDeepStrictEqual(done.filter(isStep), STEPS.filter(isStep)),
      done.join(', '),
    );
    await context.check(DELIVERED_CORRECTLY);
  },
};
