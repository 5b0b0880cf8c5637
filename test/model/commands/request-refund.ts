import fc from 'fast-check';

import type { RequestRefund } from '#libs/contracts/http/refund.api';

import { type Command, command } from '../command.js';
import { hasOrders, type ModelOrder, pickOrder } from '../model.js';
import { askForRefund } from '../refunds.js';
import { requestCancellation } from './request-cancellation.js';

/** The problems that a refund like these may be refused with. */
const ALLOWED_PROBLEMS = [
  'use_cancellation',
  'nothing_to_refund',
  'nothing_to_restock',
  'refund_exceeds',
  'refund_quantity_exceeds',
];

type Portion = 'all' | 'some goods' | { readonly percent: number };

const drawn = fc.record({
  pick: fc.nat(),
  portion: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<Portion>('all', 'some goods') },
    { weight: 3, arbitrary: fc.record({ percent: fc.integer({ min: 1, max: 110 }) }) },
  ),
  restock: fc.boolean(),
  callers: fc.constantFrom(1, 1, 1, 2),
  cancels: fc.constantFrom(false, false, false, true),
});

/** A caller requests a refund, of some or all of the money, perhaps while another caller cancels the order. */
export const requestRefund: fc.Arbitrary<Command> = drawn.map(
  ({ pick, portion, restock, callers, cancels }) =>
    command(
      [
        `${callers === 1 ? 'a caller asks' : `${callers} callers at once ask`} for a refund of ${inWords(portion)}`,
        ...(restock ? [', with goods that came back'] : []),
        ...(cancels ? [', while a caller requests the cancellation of the order'] : []),
      ].join(''),
      async (model, real) => {
        const order = pickOrder(model, pick);
        const key = `refund-${model.run}-${model.done.length}`;
        const wanted = bodyFor(order, portion, restock);
        const asked = Promise.all(
          Array.from({ length: callers }, () => askForRefund(real, order, key, wanted, ALLOWED_PROBLEMS)),
        );
        await Promise.all([asked, ...(cancels ? [requestCancellation(order, real)] : [])]);
        const ids = new Set((await asked).filter((id) => id !== null));
        if (ids.size > 0)
          model.came.add(portion === 'all' ? 'a full refund is taken' : 'a partial refund is taken');
        if (ids.size > 1) throw new Error(`one key was answered with ${ids.size} refunds`);
      },
      hasOrders,
    ),
);

function bodyFor(order: ModelOrder, portion: Portion, restock: boolean): RequestRefund {
  const reason = 'requested_by_customer';
  if (portion === 'all') return { full: true, reason, restock };
  if (portion === 'some goods')
    return { lines: order.lines.slice(0, 1).map(({ id }) => ({ lineId: id, quantity: 1 })), reason, restock };
  return { amount: Math.max(1, Math.round((order.total * portion.percent) / 100)), reason, restock: false };
}

const inWords = (portion: Portion) => (typeof portion === 'string' ? portion : `${portion.percent} %`);
