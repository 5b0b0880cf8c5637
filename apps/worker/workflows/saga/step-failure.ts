import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';

import { FAILURE_TYPES } from '#libs/contracts/workflows/activities';
import { ATTENTION_KINDS, type AttentionKind } from '#libs/domain/order/attention';

/** How a step failed: its code, and whether another attempt could help. */
export interface StepFailure {
  readonly refused: boolean;
  readonly code: string;
  /** Whether the time was over in which its activity had to succeed. */
  readonly isTimeUp: boolean;
  /** The kind of attention that it opens. */
  readonly attentionKind: AttentionKind;
}

/** Reads a failed activity; null for anything else, such as a cancellation or a bug in the workflow. */
export function stepFailure(error: unknown): StepFailure | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  const isTimeUp =
    error.retryState === 'TIMEOUT' ||
    (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_CLOSE');
  if (cause instanceof ApplicationFailure) {
    return {
      refused: cause.type === FAILURE_TYPES.refusal,
      code: cause.message,
      isTimeUp,
      attentionKind: cause.type === FAILURE_TYPES.attentionRequired ? kindOf(cause) : 'parked',
    };
  }
  // The worker died in every attempt.
  return cause instanceof TimeoutFailure
    ? { refused: false, code: 'timed_out', isTimeUp, attentionKind: 'parked' }
    : null;
}

function kindOf({ details }: ApplicationFailure): AttentionKind {
  const [detail]: unknown[] = details ?? [];
  const value = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
  return ATTENTION_KINDS.find((kind) => kind === value) ?? 'parked';
}
