import fc from 'fast-check';

import { resolutionsFor } from '#libs/domain/order/attention';
import type { Resolution, StepName } from '#libs/domain/order/steps';

import { type Command, command } from '../command.js';
import { hasOrders, type ModelOrder, pickOrder } from '../model.js';
import { seeToFailedRefund } from '../refunds.js';

const ACTIONS: readonly Resolution[] = ['retry', 'skip', 'fail', 'acknowledge'];

/** An operator answers an attention, rightly or not; the API refuses an answer that does not apply. */
export const answerAttention: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), action: fc.constantFrom(...ACTIONS) })
  .map(({ pick, action }) =>
    command(
      `an operator answers ${action}`,
      async (model, real) => {
        const order = pickOrder(model, pick);
        const { body } = await real.ask(() => real.system.http.get(`/orders/${order.id}`));
        const open = body.attention[0];
        if (!open) return;
        if (open.kind === 'refund_failed') {
          const current = await real.system.store.orders.get(order.id);
          if (!(await seeToFailedRefund(real, order, current, open))) return;
        }
        // Of a compensation alone it is not shown that it can only be retried.
        const isLegal = resolutionsFor(open.kind, open.step, false).includes(action);
        const path = `/orders/${order.id}/attention/${open.id}/resolution`;
        const answer = await real.ask(() => real.system.http.post(path).send({ action }));
        const code = answer.status === 202 ? 'resolved' : answer.body.code;
        // It may have been withdrawn since, or answered in a call that was not.
        const right = ['already_resolved', ...(isLegal ? ['resolved'] : []), 'illegal_resolution'];
        if (!right.includes(code))
          throw new Error(`${action} of ${open.kind} at ${open.step} was answered ${code}`);
        if (code !== 'illegal_resolution') foresee(order, open.step, action);
      },
      hasOrders,
    ),
  );

function foresee(order: ModelOrder, step: StepName | null, action: Resolution): void {
  if (action === 'skip') order.mayLackMail ||= step === 'confirm' || step === 'announce' || step === 'notify';
  if (action === 'fail') order.mayEnd.add(step === 'deliver' ? 'undelivered' : 'cancelled');
}
