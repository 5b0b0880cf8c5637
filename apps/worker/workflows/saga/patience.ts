import type { OrderPolicy } from '#libs/domain/order/policy';
import type { StepName } from '#libs/domain/order/steps';

import type { AttentionDesk, Ticket } from './attention-desk.js';
import { stepFailure } from './step-failure.js';

/** How seldom something that keeps failing is tried at the least, in milliseconds. */
const RAREST = 3_600_000;

/**
 * Does without end what must be done: once its budget is spent somebody is told, and it goes on trying, ever
 * more slowly, so that a fault which lasts for days does not fill the history.
 */
export async function patiently<T>(
  { retry }: OrderPolicy,
  desk: AttentionDesk,
  step: StepName,
  perform: () => Promise<T>,
): Promise<T> {
  let ticket: Ticket | undefined;
  let patience = retry.max;
  for (;;) {
    try {
      const answer = await perform();
      await ticket?.close();
      return answer;
    } catch (error) {
      const failure = stepFailure(error);
      if (failure === null) throw error;
      ticket ??= await desk.open('parked', step, failure.code, true);
      patience = Math.min(patience * 2, Math.max(retry.max, RAREST));
      if ((await ticket.answered(patience)) !== undefined) {
        await ticket.close();
        ticket = undefined;
        patience = retry.max;
      }
    }
  }
}

/** Does what an operator may choose to leave undone, once it has failed as often as its policy allows. */
export async function unlessSkipped(
  desk: AttentionDesk,
  step: StepName,
  perform: () => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      return await perform();
    } catch (error) {
      const failure = stepFailure(error);
      if (failure === null) throw error;
      const ticket = await desk.open('parked', step, failure.code);
      const answer = await ticket.answered();
      await ticket.close();
      if (answer?.action === 'skip') return;
    }
  }
}
