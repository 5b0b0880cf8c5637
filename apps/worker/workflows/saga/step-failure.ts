import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

import { FAILURE_TYPES } from '#libs/contracts/workflows/activities';
import { ATTENTION_KINDS, type AttentionKind } from '#libs/domain/order/attention';

/** How a step failed: its code, and whether another attempt could help. */
export interface StepFailure {
  readonly refused: boolean;
  readonly code: string;
  /** The kind of attention that it opens. */
  readonly attentionKind: AttentionKind;
}

/** Reads a failed activity; null for anything else, such as a cancellation or a bug in the workflow. */
export function stepFailure(error: unknown): StepFailure | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    return {
      refused: cause.type === FAILURE_TYPES.refusal,
      code: cause.message,
      attentionKind: cause.type === FAILURE_TYPES.attentionRequired ? kindOf(cause) : 'parked',
    };
  }
  // The worker died in every attempt.
  return cause?.name === 'TimeoutFailure'
    ? { refused: false, code: 'timed_out', attentionKind: 'parked' }
    : null;
}

function kindOf({ details }: ApplicationFailure): AttentionKind {
  const [detail]: unknown[] = details ?? [];
  const value = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
  return ATTENTION_KINDS.find((kind) => kind === value) ?? 'parked';
}
