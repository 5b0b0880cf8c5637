import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { inWords, place, wish } from './place-order.js';
import { moneyMoves } from './follow-money.js';
import { requestCancellation } from './wish-to-cancel.js';

/** Moments on an order's way, each right after a fact is written, or right before or after a call is made. */
const ON_ITS_WAY = [
  'wrote inventory.reserved',
  'wrote payment.intent_created',
  'leaving StripeGateway.confirmIntent',
  'answered StripeGateway.confirmIntent',
  'wrote payment.authorized',
  'wrote payment.captured',
  'wrote payment.requires_action',
  'wrote payment.declined',
  'leaving CarrierClient.createShipment',
  'answered CarrierClient.createShipment',
  'leaving StripeGateway.captureIntent',
  'answered StripeGateway.captureIntent',
];
/** Moments of one that is taken back. */
const TAKEN_BACK = [
  'wrote cancellation.accepted',
  'answered CarrierClient.cancelShipment',
  'leaving StripeGateway.cancelIntent',
  'answered StripeGateway.cancelIntent',
  'wrote refund.requested',
  'leaving StripeGateway.createRefund',
  'answered StripeGateway.createRefund',
  'wrote refund.created',
  'wrote inventory.released',
  'wrote order.cancelled',
];

/** How long an order is waited for that does not come to the moment, and the books, that hear nothing. Milliseconds. */
const PATIENCE = 3_000;
const HEARING = 700;

/**
 * The worker stands still at a moment of a new order, and things happen to its money just then; after that the worker
 * goes on, or dies and is started again. What happens when is certain, so that a story which goes wrong here does again.
 */
export const standStill: fc.Arbitrary<Command> = fc
  .record({
    wish,
    moment: fc.constantFrom(...ON_ITS_WAY, ...TAKEN_BACK),
    before: fc.array(moneyMoves, { maxLength: 1 }),
    meanwhile: fc.array(moneyMoves, { minLength: 1, maxLength: 2 }),
    dies: fc.constantFrom(false, false, true),
  })
  .map(({ wish: wanted, moment, before, meanwhile, dies }) =>
    command(
      `the worker stands still where it ${moment}, of an order of ${inWords(wanted)}, and then ${dies ? 'dies' : 'goes on'}`,
      async (model, real) => {
        await real.isUp('worker');
        const isHeld = real.holdMoment(moment);
        try {
          const order = await place(model, real, wanted, 1);
          const alone = { ...model, orders: [order] };
          if (TAKEN_BACK.includes(moment)) {
            await real.payment(order.id, PATIENCE);
            for (const move of before) await move.run(alone, real);
            await requestCancellation(order, real);
          }
          if (!(await isHeld(order.id, PATIENCE))) {
            model.done.push('  which it did not come to');
            return;
          }
          model.came.add(`stood still where it ${moment}`);
          for (const move of meanwhile) {
            const events = await real.events(order.id);
            await move.run(alone, real);
            await real.progress(order.id, events + 1, HEARING);
          }
          if (dies) {
            await real.kill('worker');
            model.workerFailed = true;
          }
        } finally {
          real.letGo();
        }
        if (dies) real.startWorker();
      },
      (model) => model.isWorkerUp,
    ),
  );
