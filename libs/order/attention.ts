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

/** Whether an answer is the news itself; else it is applied once the order's run goes on with it. */
export const isAppliedAtOnce = (kind: AttentionKind, action: Resolution): boolean =>
  action === 'acknowledge' || kind === 'delivery_overdue';

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
