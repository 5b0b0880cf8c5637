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
  CompensationResult,
  PaymentAnswer,
  ReversalReason,
  StepActivities,
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
import type { ResumePoint } from '#libs/domain/order/resume-point';
import type { PaymentStatus } from '#libs/domain/order/states';

import { CompensationRequired } from './saga/compensation-required.js';
import { stepFailure } from './saga/step-failure.js';

/** The first and the longest interval between two checks of a payment that is not reported; milliseconds. */
const FIRST_INTERVAL = 15_000;
const MAX_INTERVAL = 300_000;
/** How long a refund's run may report nothing before the order's run makes the refund itself. Milliseconds. */
const REFUND_REPORT_TIMEOUT = 300_000;
/** How long before an authorization expires the parcel must have its label. Milliseconds. */
const LABEL_MARGIN = 12 * 3_600_000;

/** What an attempt at the payment was answered before it is collected, and when its reservation ends. */
interface Begun {
  /** Null where there was no attempt. */
  readonly answer: PaymentAnswer | null;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly expired: () => CompensationRequired;
}

type Unpaid = Exclude<PaymentAnswer['is'], 'paid'>;

/** States of a payment of which some was captured. */
const CAPTURED: readonly PaymentStatus[] = ['captured', 'partially_refunded', 'refunded'];

/** How an order ends whose shopper does not act in time, or whose payment methods were all declined. */
const TIMEOUT_CODES: Readonly<Record<Unpaid, EndCode>> = {
  waiting: 'payment_expired',
  declined: 'payment_declined',
};

/** An order's payment: collected and reversed. Receives its signals from the start of the run. */
export function orderPayment(
  orderId: OrderId,
  policy: OrderPolicy,
  { checkPayment, reversePayment, createRefund }: StepActivities,
  /** Where this run resumes the order; null for its first run. */
  resumePoint: Pick<ResumePoint, 'attempt' | 'holdUntil' | 'payingSince' | 'isVoided'> | null,
) {
  const windows: Readonly<Record<Unpaid, number>> = {
    waiting: policy.paymentWindow,
    declined: policy.declineWindow,
  };
  let reports = 0;
  let seenReports = 0;
  let attempt = resumePoint?.attempt ?? 1;
  let lastAttempt = attempt;
  let holdUntil = resumePoint?.holdUntil ?? undefined;
  let resumedSince = resumePoint?.payingSince ?? null;
  let isVoided = resumePoint?.isVoided ?? false;
  let isCaptured = false;
  const reportedRefunds = new Set<string>();

  setHandler(paymentReported, ({ state }) => {
    reports += 1;
    isVoided ||= state === 'voided';
    // A capture may be reported only after part of it was refunded.
    isCaptured ||= CAPTURED.includes(state);
  });
  setHandler(paymentAttempted, ({ attempt: requested }) => {
    attempt = Math.max(attempt, requested);
  });
  setHandler(refundReported, ({ refundId }) => {
    reportedRefunds.add(refundId);
  });

  /** Makes the refund in a separate run, which outlives this one, and waits until it exists at the provider. */
  async function makeRefund(refundId: string): Promise<void> {
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
      // The sweeper or an earlier run of the order started it; its report may have come before this run listened.
      await createRefund(orderId, refundId);
      return;
    }
    const isReported = await condition(() => reportedRefunds.has(refundId), REFUND_REPORT_TIMEOUT, {
      summary: 'Refund’s run reports nothing',
    });
    // Its run may have been terminated; making the refund here as well is safe.
    if (!isReported) await createRefund(orderId, refundId);
  }

  /** Voids or refunds the payment. @throws what its activities throw */
  async function reverse(reason: ReversalReason): Promise<CompensationResult> {
    const result = await reversePayment(orderId, reason);
    if (result === 'compensated') return result;
    if (result === 'too_late') return (await isPaid()) ? result : reverse(reason);
    for (const refundId of result.refunding) await makeRefund(refundId);
    return 'compensated';
  }

  /** Whether a payment that succeeded at the last moment still stands. */
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
    /** Waits until an authorization is about to expire without a label; without an authorization, forever. */
    async labelDue(): Promise<void> {
      if (holdUntil !== undefined) {
        await sleep(Math.max(holdUntil - LABEL_MARGIN - Date.now(), 0), {
          summary: 'Label is due, before the authorization expires',
        });
        // A payment that was captured at the provider by hand does not expire, even when its label is late.
        if (!isCaptured) return;
      }
      await condition(() => false);
    },

    /** Waits until the provider has voided the payment: its authorization expired, or it was cancelled there. */
    async voided(): Promise<void> {
      await condition(() => isVoided);
    },

    /**
     * Charges, and waits while the shopper or the provider has to act, or another payment method may be tried.
     *
     * @param paying gives the activities, with the time that is left for them
     * @param begun left out where the reservation has a timer
     * @throws CompensationRequired when the time is over
     */
    async collect(
      paying: () => Pick<StepActivities, 'chargePayment' | 'checkPayment'>,
      begun?: Begun,
    ): Promise<void> {
      const charge = () => {
        seenReports = reports;
        lastAttempt = attempt;
        return paying().chargePayment(orderId);
      };
      let answer = begun?.answer ?? (await charge());
      for (let since = resumedSince ?? Date.now(), interval = FIRST_INTERVAL; answer.is !== 'paid';) {
        resumedSince = null;
        const { is } = answer;
        const left = since + windows[is] - Date.now();
        if (left <= 0)
          throw new CompensationRequired('rejected', { code: TIMEOUT_CODES[is], by: 'workflow' }, 'expired');
        const reserved = begun ? begun.deadline - Date.now() : Infinity;
        const isSignalled = await condition(
          () => reports > seenReports || attempt > lastAttempt,
          Math.max(Math.min(left, interval, reserved), 1),
          { summary: 'Next check of the payment' },
        );
        if (begun && begun.deadline <= Date.now()) throw begun.expired();
        interval = isSignalled ? FIRST_INTERVAL : Math.min(interval * 2, MAX_INTERVAL);
        const isNewAttempt = attempt > lastAttempt;
        if (!isNewAttempt) seenReports = reports;
        answer = isNewAttempt ? await charge() : await paying().checkPayment(orderId);
        // Every attempt, and every decline, starts a new window.
        if (isNewAttempt || answer.is !== is) since = Date.now();
      }
      holdUntil = answer.holdUntil;
    },

    reverse,
  };
}
