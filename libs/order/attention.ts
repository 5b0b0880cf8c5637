import { type Resolution, STEP_RULES, type StepName } from './steps.js';

/** Something about an order that waits for a person. */
export const ATTENTION_KINDS = [
  /** A step, an undo or a refund that cannot go on by itself. */
  'parked',
  'delivery_overdue',
  'contradicting_event',
  'run_closed',
  /** Money that was to go back has not: it is refundable again. */
  'refund_failed',
  /** Money came after the order had ended, and is being refunded. */
  'late_payment',
  'dispute_opened',
  /** The gateway's books and ours differ. */
  'books_differ',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** What a run itself asks, and waits to be answered. */
export const RUN_KINDS: readonly AttentionKind[] = ['parked', 'delivery_overdue'];

/** Why `run_closed` was opened for a run that is there and never gets any further. */
export const KEEPS_FAILING = 'keeps_failing';

/**
 * What an operator may answer. A step or a wait has its own answers; an undo can only be retried, because
 * money or stock would otherwise stay where it is; an order without a run is taken up by a new one, to go on or to be
 * taken back; everything else is acknowledged.
 */
export function resolutionsFor(
  kind: AttentionKind,
  step: StepName | null,
  undo: boolean,
): readonly Resolution[] {
  if (undo) return ['retry'];
  if ((kind === 'parked' || kind === 'delivery_overdue') && step !== null)
    return STEP_RULES[step].resolutions;
  if (kind === 'run_closed') return ['restart', 'fail', 'acknowledge'];
  return ['acknowledge'];
}
