import { type Resolution, STEP_RULES, type StepName } from './steps.js';

/** A question or notice about an order for an operator. */
export const ATTENTION_KINDS = [
  /** A step, a compensation or a refund that cannot continue by itself. */
  'parked',
  'delivery_overdue',
  'contradicting_event',
  /** The provider's answer about the order's money is for another order, or in another currency. */
  'contradicting_answer',
  /** The amount captured or held differs from the order's total. */
  'amount_differs',
  /** Another parcel in transit has the same tracking number. */
  'tracking_conflict',
  /** The order's run is gone. */
  'run_closed',
  /** The order's run is there and does not go on; the reason is a `RunStuckCause`. */
  'run_stuck',
  /** A refund failed: its money is refundable again. */
  'refund_failed',
  /** Money came after the order had ended, and is being refunded. */
  'late_payment',
  'dispute_opened',
  /** The gateway's books and ours differ. */
  'discrepancy',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** The kinds that hold up a step until they are answered. */
export const HOLDS_UP_A_STEP: readonly AttentionKind[] = ['parked', 'amount_differs'];
export const holdsUpAStep = (kind: AttentionKind): boolean => HOLDS_UP_A_STEP.includes(kind);

/** The kinds that a run itself opens, and whose answer it waits for. */
export const RUN_KINDS: readonly AttentionKind[] = [...HOLDS_UP_A_STEP, 'delivery_overdue'];

/** The kinds about the order's run itself, whose answer may start another run. */
export const ABOUT_THE_RUN: readonly AttentionKind[] = ['run_closed', 'run_stuck'];
export const isAboutTheRun = (kind: AttentionKind): boolean => ABOUT_THE_RUN.includes(kind);

/** Why a run does not go on, although Temporal has a task for it. */
export const RUN_STUCK_CAUSES = [
  /** Its workflow task fails or times out, again and again: the workers' code cannot go on with its history. */
  'workflow_task_failing',
  /** No worker of the version that its task is for takes tasks. */
  'no_worker_for_version',
] as const;
export type RunStuckCause = (typeof RUN_STUCK_CAUSES)[number];

/** The reason that v0.1.0 gave a `run_closed` for a run whose workflow task keeps failing. */
export const KEEPS_FAILING = 'keeps_failing';

/** Whether an answer is a fact to apply at once; else it is applied when the order's run resumes with it. */
export const isAppliedAtOnce = (kind: AttentionKind, action: Resolution): boolean =>
  action === 'acknowledge' || kind === 'delivery_overdue' || isAboutTheRun(kind);

/**
 * What an operator may answer. A step or a wait has its own answers; a compensation can only be retried, because
 * money or stock would otherwise stay where it is; a new run resumes or compensates an order whose run is gone
 * or stuck; everything else is acknowledged.
 *
 * @param hasEnded whether the order has its end
 */
export function resolutionsFor(
  kind: AttentionKind,
  step: StepName | null,
  isCompensation: boolean,
  hasEnded = false,
): readonly Resolution[] {
  if (isCompensation) return ['retry'];
  if (kind === 'amount_differs') return ['accept', 'fail'];
  if ((kind === 'parked' || kind === 'delivery_overdue') && step !== null)
    return STEP_RULES[step].resolutions;
  // An order that has ended has nothing left to compensate.
  if (isAboutTheRun(kind)) return hasEnded ? ['restart', 'acknowledge'] : ['restart', 'fail', 'acknowledge'];
  return ['acknowledge'];
}
