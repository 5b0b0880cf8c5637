import type { OrderPolicy } from '#libs/domain/order/policy';
import type { StepName } from '#libs/domain/order/steps';

import type { AttentionHandle, AttentionRequests } from './attention-requests.js';
import { stepFailure } from './step-failure.js';

/** The longest interval between two rounds of attempts; milliseconds. */
const MAX_INTERVAL = 3_600_000;

/**
 * Retries without end. Once the policy's attempts are spent it opens an attention and keeps retrying at growing
 * intervals, so that an outage of days does not fill the history.
 */
export async function retryUntilDone<T>(
  { retry }: OrderPolicy,
  attention: AttentionRequests,
  step: StepName,
  perform: () => Promise<T>,
): Promise<T> {
  let handle: AttentionHandle | undefined;
  let interval = retry.max;
  for (;;) {
    try {
      const result = await perform();
      await handle?.resolve();
      return result;
    } catch (error) {
      const failure = stepFailure(error);
      if (failure === null) throw error;
      handle ??= await attention.open('parked', step, failure.code, true);
      interval = Math.min(interval * 2, Math.max(retry.max, MAX_INTERVAL));
      if ((await handle.waitForAnswer(interval)) !== undefined) {
        await handle.resolve();
        handle = undefined;
        interval = retry.max;
      }
    }
  }
}

/** Retries a failed operation each time an operator answers `retry`, until it succeeds or is skipped. */
export async function retryUnlessSkipped(
  attention: AttentionRequests,
  step: StepName,
  perform: () => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      return await perform();
    } catch (error) {
      const failure = stepFailure(error);
      if (failure === null) throw error;
      const handle = await attention.open('parked', step, failure.code);
      const answer = await handle.waitForAnswer();
      await handle.resolve();
      if (answer?.action === 'skip') return;
    }
  }
}
