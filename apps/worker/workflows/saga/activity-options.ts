import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow';

import type {
  DecisionActivities,
  EmailActivities,
  StepActivities,
} from '#libs/contracts/workflows/activities';
import { TASK_QUEUES } from '#libs/contracts/workflows/order-workflow';
import type { OrderPolicy } from '#libs/domain/order/policy';

import { summarized } from '../summaries.js';

/** How soon a worker that died in the middle of an activity is noticed. */
const heartbeatTimeout = '4s';

/** The activities of an order, each with the time-outs and retries of its policy. */
export function orderActivities(policy: OrderPolicy) {
  const retried = retriedBy(policy);
  return {
    steps: summarized(proxyActivities<StepActivities>(retried)),
    emails: summarized(proxyActivities<EmailActivities>({ ...retried, taskQueue: TASK_QUEUES.email })),
    // Writes to the books are retried without end: they cannot be compensated or parked instead.
    decisions: summarized(
      proxyActivities<DecisionActivities>({
        startToCloseTimeout: '30s',
        heartbeatTimeout,
        retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
      }),
    ),
  };
}

/**
 * The same steps with a time that is over even while no worker runs. An attempt that runs then is fenced off by its
 * journal, like one of a worker that is believed dead. @param timeout milliseconds
 */
export function stepsWithin(policy: OrderPolicy, timeout: number) {
  return summarized(
    proxyActivities<StepActivities>({ ...retriedBy(policy), scheduleToCloseTimeout: timeout }),
  );
}

/** The policy for the activity that follows one attempt that failed: that attempt counts. */
export function withoutFirstAttempt(policy: OrderPolicy): OrderPolicy {
  const { retry } = policy;
  return { ...policy, retry: { ...retry, attempts: Math.max(retry.attempts - 1, 1) } };
}

function retriedBy({ retry }: OrderPolicy): ActivityOptions {
  return {
    // Longer than every provider call of one activity together, and their waits for a rate limit. A worker that is gone is
    // noticed by its heartbeats.
    startToCloseTimeout: '15m',
    heartbeatTimeout,
    // A running step is waited for: its compensation must not overtake it.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    // No scheduleToClose: time without a worker spends none of the budget.
    retry: {
      initialInterval: retry.initial,
      backoffCoefficient: 2,
      maximumInterval: retry.max,
      maximumAttempts: retry.attempts,
    },
  };
}
