import fc from 'fast-check';

import type { OrderId } from '#libs/domain/order/order-id';
import type { PaymentStatus } from '#libs/domain/order/states';

import type { Command } from '../command.js';
import { hasOrders, type Model, pickOrder } from '../model.js';
import type { Real } from '../real.js';
import { bankDecides, holdLapses } from './bank-decides.js';
import { disputeEnds, disputeOpens } from './disputes.js';
import { refundSettles } from './refund-settles.js';
import { requestRefund } from './request-refund.js';
import { shopperActs } from './shopper-acts.js';
import { tryAnotherMethod } from './try-another-method.js';
import { cancellation } from './request-cancellation.js';

const MOVES = {
  shopperActs,
  bankDecides,
  tryAnotherMethod,
  holdLapses,
  requestRefund,
  refundSettles,
  disputeOpens,
  disputeEnds,
  cancellation,
};
type Move = keyof typeof MOVES;

const WITH_MONEY_TAKEN: readonly Move[] = [
  'requestRefund',
  'requestRefund',
  'requestRefund',
  'disputeOpens',
  'disputeOpens',
  'cancellation',
];

/** The likely next events of an order's money, by its state; an event named twice is twice as likely. */
const NEXT: Readonly<Record<PaymentStatus, readonly Move[]>> = {
  none: ['cancellation'],
  not_required: ['cancellation', 'requestRefund'],
  requires_action: ['shopperActs', 'shopperActs', 'shopperActs', 'cancellation'],
  processing: ['bankDecides', 'bankDecides', 'bankDecides', 'cancellation'],
  authorizing: ['cancellation', 'tryAnotherMethod'],
  declined: ['tryAnotherMethod', 'tryAnotherMethod', 'tryAnotherMethod', 'cancellation'],
  authorized: ['holdLapses', 'holdLapses', 'cancellation', 'requestRefund'],
  captured: WITH_MONEY_TAKEN,
  partially_refunded: WITH_MONEY_TAKEN,
  refunded: ['refundSettles', 'refundSettles', 'disputeOpens', 'requestRefund'],
  voided: ['cancellation', 'tryAnotherMethod', 'requestRefund'],
};

/** The open decisions of a bank about an order's money; drawn more often, where there are any. */
async function openMoves(id: OrderId, real: Real): Promise<readonly Move[]> {
  const { refunds, disputes } = await real.moneyThere(id);
  return [
    ...disputes.flatMap(({ status }) => (OPEN.includes(status) ? DISPUTED : [])),
    ...refunds.flatMap(({ status }) => (status === 'pending' ? RETURNING : [])),
  ];
}
const OPEN = ['needs_response', 'warning_needs_response'];
const DISPUTED = Array.from({ length: 6 }, () => 'disputeEnds' as const);
const RETURNING = Array.from({ length: 4 }, () => 'refundSettles' as const);

/** How long the command waits for an order that is not paid yet, in milliseconds. */
const PATIENCE = 1_000;

/** The next possible event happens to an order's money. */
export const moneyMoves: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), choice: fc.nat(), moves: fc.record(MOVES) })
  .map(({ pick, choice, moves }) => ({
    check: hasOrders,
    async run(model: Model, real: Real) {
      const order = pickOrder(model, pick);
      const next = [...NEXT[await real.payment(order.id, PATIENCE)], ...(await openMoves(order.id, real))];
      const move = next[choice % next.length];
      if (move) await moves[move].run({ ...model, orders: [order] }, real);
    },
    toString: () => 'the next thing happens to the money of an order',
  }));
