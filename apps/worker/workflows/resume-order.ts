import { CancellationScope } from '@temporalio/workflow';

import type { DecisionActivities } from '#libs/contracts/workflows/activities';
import type { OrderId } from '#libs/domain/order/order-id';
import type { ResumePoint } from '#libs/domain/order/resume-point';

import type { OrderSearchAttributes } from './visibility.js';

/**
 * Loads where this run resumes an order whose earlier run is gone. A signal that arrives meanwhile waits for its handler;
 * at worst it repeats what is stored.
 */
export async function resumeOrder(
  orderId: OrderId,
  { loadResumePoint }: Pick<DecisionActivities, 'loadResumePoint'>,
  searchAttributes: OrderSearchAttributes,
): Promise<ResumePoint> {
  const resumePoint = await CancellationScope.nonCancellable(() => loadResumePoint(orderId));
  searchAttributes.setOrderNumber(resumePoint.number);
  searchAttributes.setStatus(resumePoint.status);
  return resumePoint;
}
