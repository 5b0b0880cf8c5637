import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  condition,
  ParentClosePolicy,
  setHandler,
  sleep,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';

import type {
  PaymentAnswer,
  ReturnReason,
  StepActivities,
  UndoAnswer,
} from '#libs/contracts/workflows/activities';
import {
  paymentAttempted,
  paymentReported,
  REFUND_WORKFLOW,
  refundReported,
  refundWorkflowId,
  type RefundWorkflowInput,
  WORKFLOW_SUMMARIES,
} from '#libs/contracts/workflows/order-workflow';
import type { EndCode } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { OrderStanding } from '#libs/domain/order/standing';
import type { PaymentStatus } from '#libs/domain/order/states';

import { Fall } from './saga/fall.js';
import { stepFailure } from './saga/step-failure.js';

/** How soon, and how seldom at the least, the provider is asked while nobody tells of a payment. Milliseconds. */
const FIRST_LOOK = 15_000;
const RAREST_LOOK = 300_000;
/** How long a refund's run may say nothing before the order's looks after the refund itself. Milliseconds. */
const UNHEARD_OF = 300_000;
/** How long before an authorization lapses the parcel must have its label. */
const LABEL_MARGIN = 12 * 3_600_000;

type Unpaid = Exclude<PaymentAnswer['is'], 'paid'>;

/** What was held and is no more, because it was taken. */
const TAKEN: readonly PaymentStatus[] = ['captured', 'partially_refunded', 'refunded'];

/** How an order ends whose shopper does not act, or pays with nothing that is taken. */
const TOO_LATE: Readonly<Record<Unpaid, EndCode>> = {
  waiting: 'payment_expired',
  declined: 'payment_declined',
};

/** An order's money: collected from its shopper, and given back. Hears what is told of it from the first moment on. */
export function orderPayment(
  orderId: OrderId,
  policy: OrderPolicy,
  { chargePayment, checkPayment, returnPayment, createRefund }: StepActivities,
  /** How the payment stood when this run took the order up. */
  standing: Pick<OrderStanding, 'attempt' | 'holdUntil' | 'payingSince' | 'isVoided'> | null,
) {
  const windows: Readonly<Record<Unpaid, number>> = {
    waiting: policy.paymentWindow,
    declined: policy.declineWindow,
  };
  let told = 0;
  let attempt = standing?.attempt ?? 1;
  let holdUntil = standing?.holdUntil ?? undefined;
  let begunAt = standing?.payingSince ?? null;
  let isVoided = standing?.isVoided ?? false;
  let isTaken = false;
  const refunds = new Set<string>();

  setHandler(paymentReported, ({ state }) => {
    told += 1;
    isVoided ||= state === 'voided';
    // Nobody may have told of it before some of it went back.
    isTaken ||= TAKEN.includes(state);
  });
  setHandler(paymentAttempted, ({ attempt: asked }) => {
    attempt = Math.max(attempt, asked);
  });
  setHandler(refundReported, ({ refundId }) => {
    refunds.add(refundId);
  });

  /** Makes the refund in a run of its own, which outlives this one, and waits until it exists at the provider. */
  async function refunded(refundId: string): Promise<void> {
    const input: RefundWorkflowInput = { orderId, refundId, policy };
    try {
      await startChild(REFUND_WORKFLOW, {
        workflowId: refundWorkflowId(refundId),
        args: [input],
        staticSummary: WORKFLOW_SUMMARIES.refund,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // The sweeper was faster, or this run is a second one: it may have been told of before anybody listened.
      await createRefund(orderId, refundId);
      return;
    }
    // Its run may have been ended by somebody; it is safe to make the refund from here, too.
    if (!(await condition(() => refunds.has(refundId), UNHEARD_OF, { summary: 'Refund’s run says nothing' })))
      await createRefund(orderId, refundId);
  }

  /** Voids or refunds. @throws what its activities throw */
  async function returned(why: ReturnReason): Promise<UndoAnswer> {
    const answer = await returnPayment(orderId, why);
    if (answer === 'undone') return answer;
    if (answer === 'too_late') return (await isPaid()) ? answer : returned(why);
    for (const refundId of answer.refunding) await refunded(refundId);
    return 'undone';
  }

  /** Whether what was found paid still is. */
  async function isPaid(): Promise<boolean> {
    try {
      ({ holdUntil } = await checkPayment(orderId));
      return true;
    } catch (error) {
      if (!stepFailure(error)?.refused) throw error;
      return false;
    }
  }

  return {
    /** Waits until a held payment is to be let go, unless its parcel has a label; for ever where none is held. */
    async labelDue(): Promise<void> {
      if (holdUntil !== undefined) {
        await sleep(Math.max(holdUntil - LABEL_MARGIN - Date.now(), 0), {
          summary: 'Label is due, before the hold lapses',
        });
        // What somebody has taken by hand lapses no more, however long its parcel waits.
        if (!isTaken) return;
      }
      await condition(() => false);
    },

    /** Waits until the provider has let the payment go: its hold lapsed, or it was canceled there. */
    async voided(): Promise<void> {
      await condition(() => isVoided);
    },

    /**
     * Charges, and waits while the shopper or the provider takes their time, or another payment method may be
     * tried. @throws Fall when the time is over
     */
    async collected(): Promise<void> {
      let known = told;
      let tried = attempt;
      let answer = await chargePayment(orderId);
      for (let since = begunAt ?? Date.now(), pause = FIRST_LOOK; answer.is !== 'paid';) {
        begunAt = null;
        const { is } = answer;
        const left = since + windows[is] - Date.now();
        if (left <= 0) throw new Fall('rejected', { code: TOO_LATE[is], by: 'workflow' }, 'expired');
        const heard = await condition(() => told > known || attempt > tried, Math.min(left, pause), {
          summary: 'Next look at the payment',
        });
        pause = heard ? FIRST_LOOK : Math.min(pause * 2, RAREST_LOOK);
        const another = attempt > tried;
        known = told;
        tried = attempt;
        answer = another ? await chargePayment(orderId) : await checkPayment(orderId);
        // Every attempt, and every decline, has a window of its own.
        if (another || answer.is !== is) since = Date.now();
      }
      holdUntil = answer.holdUntil;
    },

    returned,
  };
}
