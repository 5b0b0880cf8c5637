import type { Resolution } from '../order/steps.js';
import type { ExplainedAttention } from './explained-order.js';
import { type Sentence, sentence, type SentenceCode } from './sentences.js';

const ABOUT_A_RUN = { restart: 'restart_run', fail: 'undo_by_run' } as const;
const ABOUT_A_DELIVERY = { skip: 'say_arrived', fail: 'say_lost' } as const;
const OTHERWISE: Readonly<Record<Resolution, SentenceCode>> = {
  retry: 'retry',
  skip: 'skip_mail',
  fail: 'give_up',
  accept: 'accept_amount',
  restart: 'restart_run',
  acknowledge: 'acknowledge',
};

/** What an answer to an attention does. */
export function actionSentence(
  { kind, step, isCompensation, refundId }: ExplainedAttention,
  resolution: Resolution,
): Sentence {
  if (resolution === 'retry' && (isCompensation || refundId !== null)) return sentence('retry_undo');
  if (resolution === 'fail' || resolution === 'restart') {
    if (kind === 'run_closed' || kind === 'run_stuck') return sentence(ABOUT_A_RUN[resolution]);
  }
  if ((resolution === 'skip' || resolution === 'fail') && step === 'deliver')
    return sentence(ABOUT_A_DELIVERY[resolution]);
  return sentence(OTHERWISE[resolution]);
}
