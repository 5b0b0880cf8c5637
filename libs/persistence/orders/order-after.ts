import type { OrderChange } from '#libs/domain/order/order-change';
import { type ChangingOrder, statesAfter } from '#libs/domain/order/states-after';

import type { OrderRecord } from './order-record.js';

/** What of an order such a change may alter. */
type Followed = ChangingOrder & Pick<OrderRecord, 'version' | 'intentId'>;

/** What a change may consist of whose order is not read again: nothing but what this file follows. */
const FOLLOWED: readonly string[] = [
  'event',
  'next',
  'intentId',
  'settles',
  'reserves',
  'begins',
] satisfies readonly (keyof OrderChange)[];

/**
 * The record of an order once the change is written; its `updatedAt` alone is older.
 *
 * @throws Error for a change that does more than this follows
 */
export function orderAfter<O extends Followed>(order: O, change: OrderChange): O {
  const other = Object.keys(change).find((field) => !FOLLOWED.includes(field));
  if (other !== undefined) throw new Error(`an order must be read again after a change that has ${other}`);
  const { next, decline } = statesAfter(order, change);
  const { intentId = order.intentId } = change;
  return { ...order, ...next, decline, intentId, version: order.version + 1 };
}
