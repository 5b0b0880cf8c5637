import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

import { ARRIVED, type BareActivities } from './bare-order.js';

/**
 * The smallest possible durable order: as many activities as a delivered order has (validate, reserve, charge,
 * ship, confirm, notify, close), one after the other, all of them empty, and one signal that is waited for.
 */
export async function BareOrder(): Promise<void> {
  const { takeStep, handOver } = proxyActivities<BareActivities>({ startToCloseTimeout: '90s' });
  let arrived = false;
  setHandler(defineSignal(ARRIVED), () => {
    arrived = true;
  });
  for (let step = 0; step < 3; step++) await takeStep();
  await handOver();
  await takeStep();
  await condition(() => arrived);
  for (let step = 0; step < 2; step++) await takeStep();
}
