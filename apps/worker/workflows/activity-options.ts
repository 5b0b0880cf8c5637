import {
  ActivityCancellationType,
  type ActivityOptions,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';

import type {
  BookActivities,
  DecisionActivities,
  EmailActivities,
  ProviderActivities,
} from '#libs/contracts/activities';
import { TASK_QUEUES } from '#libs/contracts/order-workflow';
import type { OrderPolicy } from '#libs/order/policy';

/**
 * What an order calls, each with the patience its policy asks for. What asks nobody but the database runs as a
 * local activity, within the workflow task: it takes milliseconds, and a task of its own would cost more than
 * its work.
 */
export function orderActivities(policy: OrderPolicy) {
  const retry = {
    initialInterval: policy.retry.initial,
    backoffCoefficient: 2,
    maximumInterval: policy.retry.max,
    maximumAttempts: policy.retry.attempts,
  };
  const patient: ActivityOptions = {
    // Longer than every provider call of one activity together; see PROVIDER_TIMEOUT.
    startToCloseTimeout: '90s',
    // How soon a worker that died in the middle of a call is noticed.
    heartbeatTimeout: '4s',
    // A running step is waited for: its undo must not overtake it.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    // No scheduleToClose: time without a worker spends none of the budget.
    retry,
  };
  const local = {
    startToCloseTimeout: '30s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    // A longer pause is a timer of the server's, so that no workflow task is held open through an outage.
    localRetryThreshold: '2s',
  } as const;
  return {
    books: proxyLocalActivities<BookActivities>({ ...local, retry }),
    providers: proxyActivities<ProviderActivities>(patient),
    emails: proxyActivities<EmailActivities>({ ...patient, taskQueue: TASK_QUEUES.email }),
    // The books are written however long it takes: there is nothing to compensate or to park instead.
    decisions: proxyLocalActivities<DecisionActivities>({
      ...local,
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
    }),
  };
}
