import { RUN_STUCK_CAUSES } from '../order/attention.js';
import type { ExplainedAttention, ExplainedOrder, Standing } from './explained-order.js';
import { type Sentence, sentence } from './sentences.js';
import { problemWords, TASKS, undoing } from './words.js';

/** Why an attention is open, and what comes next. */
export function attentionStanding(order: ExplainedOrder, attention: ExplainedAttention): Standing {
  return { cause: causeOf(order, attention), nextStep: nextOf(attention), latest: null };
}

function causeOf({ waits, policy }: ExplainedOrder, attention: ExplainedAttention): Sentence {
  const { kind, step, isCompensation, reason, refundId } = attention;
  const problem = problemWords(reason);
  if (kind === 'parked') {
    if (refundId !== null || step === null)
      return sentence('refund_parked', { problem: reason }, { problem });
    if (isCompensation)
      return sentence('undo_parked', { task: step, problem: reason }, { task: undoing(step), problem });
    const attempts = waits.find((wait) => wait.step === step)?.attempt || policy.retry.attempts;
    return sentence('step_parked', { task: step, problem: reason, attempts }, { task: TASKS[step], problem });
  }
  if (kind === 'amount_differs') return sentence(reason === 'paid_less' ? 'paid_less' : 'paid_more');
  if (kind === 'contradicting_answer')
    return sentence('contradicting_answer', { problem: reason }, { problem });
  if (kind === 'run_stuck') {
    const cause = RUN_STUCK_CAUSES.find((each) => each === reason) ?? 'workflow_task_failing';
    return sentence(`run_stuck_${cause}`);
  }
  return sentence(kind);
}

function nextOf({ kind, isCompensation, refundId }: ExplainedAttention): Sentence {
  if (kind === 'parked')
    return sentence(isCompensation || refundId !== null ? 'tried_again_soon' : 'person_decides');
  if (kind === 'run_stuck') return sentence('corrected_by_shop');
  const isWaitedFor = kind === 'amount_differs' || kind === 'delivery_overdue' || kind === 'run_closed';
  return sentence(isWaitedFor ? 'person_decides' : 'person_looks');
}
