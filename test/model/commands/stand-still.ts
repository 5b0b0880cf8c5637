import fc from 'fast-check';

import { CARDS } from '../cards.js';
import type { Command } from '../command.js';
import { type Model, totalOf, type OrderDraft } from '../model.js';
import type { Real } from '../real.js';
import type { RulesName } from '../rules.js';
import { moneyMoves } from './follow-money.js';
import { inWords, orderDraft, place } from './place-order.js';
import { requestCancellation } from './request-cancellation.js';

/** How an order ends by itself, or by a cancellation once it is paid. */
type Course =
  'free' | 'declined' | 'authenticated' | 'settled later' | 'held' | 'taken' | 'let go' | 'given back';

const CHARGED = [
  'wrote inventory.reserved',
  'wrote payment.intent_created',
  'leaving StripeGateway.confirmIntent',
  'answered StripeGateway.confirmIntent',
];
const SENT = ['leaving CarrierClient.createShipment', 'answered CarrierClient.createShipment'];

/** Moments on each course: right after a fact is written, or right before or after a call is made. */
const MOMENTS: Readonly<Record<Course, readonly string[]>> = {
  free: ['wrote inventory.reserved', 'wrote payment.not_required', ...SENT],
  declined: [...CHARGED, 'wrote payment.declined', 'wrote payment.declined', 'wrote payment.voided'],
  authenticated: [...CHARGED, 'wrote payment.requires_action', 'wrote payment.requires_action'],
  'settled later': [...CHARGED, 'wrote payment.processing'],
  held: [
    ...CHARGED,
    'wrote payment.authorized',
    'wrote payment.authorized',
    ...SENT,
    'leaving StripeGateway.captureIntent',
    'answered StripeGateway.captureIntent',
    'wrote payment.captured',
  ],
  taken: [...CHARGED, 'wrote payment.captured', ...SENT],
  'let go': [
    'wrote cancellation.accepted',
    'leaving StripeGateway.cancelIntent',
    'answered StripeGateway.cancelIntent',
    'wrote payment.voided',
    'wrote inventory.released',
  ],
  'given back': [
    'wrote cancellation.accepted',
    'wrote refund.requested',
    'leaving StripeGateway.createRefund',
    'answered StripeGateway.createRefund',
    'wrote refund.created',
    'wrote inventory.released',
    'wrote order.cancelled',
  ],
};

function courseOf(draft: OrderDraft, rules: RulesName, isCancelled: boolean): Course {
  if (totalOf(draft) === 0) return 'free';
  const isHeld = rules === 'money that is held until there is a label';
  switch (CARDS[draft.method]) {
    case 'declines':
      return isCancelled ? 'let go' : 'declined';
    case 'waits':
      if (isCancelled) return 'let go';
      return draft.method.startsWith('pm_sandbox_processing') ? 'settled later' : 'authenticated';
    case 'pays':
      if (isCancelled) return isHeld ? 'let go' : 'given back';
      return isHeld ? 'held' : 'taken';
  }
}

/** How long the command waits for an order to reach the moment, and for the books to change. Milliseconds. */
const PATIENCE = 3_000;
const HEARING = 700;

interface Drawn {
  readonly draft: OrderDraft;
  readonly isCancelled: boolean;
  readonly choice: number;
  readonly before: readonly Command[];
  readonly meanwhile: readonly Command[];
  readonly dies: boolean;
}

/**
 * The worker is held at a moment of a new order, while its payment changes at the gateway; after that the worker
 * resumes, or dies and is started again. The sequence is fixed, so that a failing run fails again.
 */
export const standStill: fc.Arbitrary<Command> = fc
  .record({
    draft: orderDraft,
    isCancelled: fc.constantFrom(true, false, false),
    choice: fc.nat(),
    before: fc.array(moneyMoves, { maxLength: 1 }),
    meanwhile: fc.array(moneyMoves, { minLength: 1, maxLength: 2 }),
    dies: fc.constantFrom(false, false, false, false, true),
  })
  .map((drawn) => ({
    check: ({ isWorkerUp }: Readonly<Model>) => isWorkerUp,
    run: async (model: Model, real: Real) => stand(model, real, drawn),
    toString: () => `the worker stands still in an order of ${inWords(drawn.draft)}`,
  }));

async function stand(model: Model, real: Real, drawn: Drawn): Promise<void> {
  const { isCancelled, dies } = drawn;
  const moments = MOMENTS[courseOf(drawn.draft, real.rules, isCancelled)];
  const moment = moments[drawn.choice % moments.length] ?? '';
  model.done.push(
    `the worker stands still at "${moment}", of an order of ${inWords(drawn.draft)}${isCancelled ? ', cancelled on its way' : ''}; then it ${dies ? 'dies' : 'goes on'}`,
  );
  await real.isUp('worker');
  const isHeld = real.holdMoment(moment);
  try {
    const order = await place(model, real, drawn.draft, 1);
    const alone = { ...model, orders: [order] };
    if (isCancelled) {
      await real.payment(order.id, PATIENCE);
      for (const move of drawn.before) await move.run(alone, real);
      await requestCancellation(order, real);
    }
    if (!(await isHeld(order.id, PATIENCE))) {
      model.done.push('the order did not come to that');
      return;
    }
    model.came.add(`the worker stands still at: ${moment}`);
    for (const move of drawn.meanwhile) {
      const events = await real.events(order.id);
      await move.run(alone, real);
      await real.progress(order.id, events + 1, HEARING);
    }
    if (dies) {
      await real.kill('worker');
      model.workerFailed = true;
    }
  } finally {
    real.release();
  }
  if (dies) real.startWorker();
}
