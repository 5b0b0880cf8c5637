import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

import { FAILURE_TYPES } from '#libs/contracts/workflows/activities';
import { ATTENTION_KINDS, type AttentionKind } from '#libs/domain/order/attention';

/** How a step failed: what the code says, and whether asking again could ever help. */
export interface StepFailure {
  readonly refused: boolean;
  readonly code: string;
  /** As what a person is asked. */
  readonly asks: AttentionKind;
}

/** Reads a failed activity; null for anything that is not one, such as a cancellation or a fault in this code. */
export function stepFailure(error: unknown): StepFailure | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    return {
      refused: cause.type === FAILURE_TYPES.refusal,
      code: cause.message,
      asks: cause.type === FAILURE_TYPES.question ? kindOf(cause) : 'parked',
    };
  }
  // A worker that died at every attempt: the last thing known is that it stopped answering.
  return cause?.name === 'TimeoutFailure' ? { refused: false, code: 'timed_out', asks: 'parked' } : null;
}

function kindOf({ details }: ApplicationFailure): AttentionKind {
  const [detail]: unknown[] = details ?? [];
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
  return ATTENTION_KINDS.find((known) => known === kind) ?? 'parked';
}
