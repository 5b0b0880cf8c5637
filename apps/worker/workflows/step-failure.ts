import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';

import { FAILURE_TYPES } from '#libs/contracts/activities';

/** How a step failed: what the code says, and whether asking again could ever help. */
export interface StepFailure {
  readonly refused: boolean;
  readonly code: string;
}

/** Reads a failed activity; null for anything that is not one, such as a cancellation or a fault in this code. */
export function stepFailure(error: unknown): StepFailure | null {
  // A local activity's failure comes as it is, any other's as the cause of an ActivityFailure.
  const failure = error instanceof ActivityFailure ? error.cause : error;
  if (failure instanceof ApplicationFailure) {
    return { refused: failure.type === FAILURE_TYPES.refusal, code: failure.message };
  }
  // A worker that died at every attempt: the last thing known is that it stopped answering.
  return failure instanceof TimeoutFailure ? { refused: false, code: 'timed_out' } : null;
}
