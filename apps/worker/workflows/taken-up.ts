import { CancellationScope } from '@temporalio/workflow';

import type { DecisionActivities } from '#libs/contracts/workflows/activities';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderStanding } from '#libs/domain/order/standing';

import type { OrderSign } from './visibility.js';

/**
 * Reads from the books where the order stands that a run before has left. What is signalled meanwhile waits for its
 * handler, and repeats at worst what the books have.
 */
export async function takenUp(
  orderId: OrderId,
  { readStanding }: Pick<DecisionActivities, 'readStanding'>,
  sign: OrderSign,
): Promise<OrderStanding> {
  const standing = await CancellationScope.nonCancellable(() => readStanding(orderId));
  sign.number(standing.number);
  sign.status(standing.status);
  return standing;
}
