import { type Resolution, STEP_RULES, type StepName } from './steps.js';

/** Something about an order that waits for a person. */
export type AttentionKind = 'parked' | 'delivery_overdue' | 'contradicting_event' | 'run_closed';

/**
 * What an operator may answer. A step or a wait has its own answers; an undo can only be retried, because
 * money or stock would otherwise stay where it is; everything else is acknowledged.
 */
export function resolutionsFor(
  kind: AttentionKind,
  step: StepName | null,
  undo: boolean,
): readonly Resolution[] {
  if (undo) return ['retry'];
  if ((kind === 'parked' || kind === 'delivery_overdue') && step !== null)
    return STEP_RULES[step].resolutions;
  return ['acknowledge'];
}
