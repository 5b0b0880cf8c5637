import { backoff } from '../order/policy.js';
import type { PaymentStatus } from '../order/states.js';
import type { StepName } from '../order/steps.js';
import type { ExplainedOrder, ExplainedWait, Standing } from './explained-order.js';
import { type Sentence, sentence, SENTENCE_CODES, type SentenceCode } from './sentences.js';
import { problemWords, TASKS, timeWords, undoing } from './words.js';

/** A way in which an order may stand. The first that fits is the one. */
type Rule = (order: ExplainedOrder) => Standing | null;

const standing = (cause: Sentence, nextStep: SentenceCode, latest: Standing['latest'] = null): Standing => ({
  cause,
  nextStep: sentence(nextStep),
  latest,
});

/** How an order stands, attentions left out. */
export function standingOf(order: ExplainedOrder): Standing {
  for (const rule of RULES) {
    const found = rule(order);
    if (found) return found;
  }
  return working(order);
}

const RULES: readonly Rule[] = [failing, ended, unstarted, undone, withShopper, inGrace, underWay];

/** An order that was rejected or cancelled has its end before the shopper is told of it. */
function ended({ status, fulfilment, endReason, closedAt }: ExplainedOrder): Standing | null {
  const isToldNow = closedAt === null && (status === 'rejected' || status === 'cancelled');
  if (closedAt === null && !isToldNow) return null;
  const next = isToldNow ? 'goes_on' : 'nothing_left';
  const code = endReason?.code;
  if (status === 'delivered') return standing(sentence('ended_delivered'), 'nothing_left');
  if (status === 'undelivered')
    return standing(
      sentence(code === 'lost' || fulfilment === 'lost' ? 'ended_lost' : 'ended_returned'),
      'nothing_left',
    );
  const specific = SENTENCE_CODES.find((each) => each === `ended_${status}_${code}`);
  const general = status === 'rejected' ? 'ended_rejected_invalid' : 'ended_cancelled';
  return standing(sentence(specific ?? general), next);
}

/** What an attempt failed with, while it is tried again. */
function failing(order: ExplainedOrder): Standing | null {
  if (order.closedAt !== null) return null;
  const wait = order.waits.find(({ lastError, nextTryAt }) => lastError !== null && nextTryAt !== null);
  if (!wait || wait.lastError === null || wait.nextTryAt === null) return null;
  const { step, attempt, lastError, nextTryAt } = wait;
  const isUndone = order.status === 'cancelling' && step !== 'notify';
  const parameters = { task: step, problem: lastError, attempts: attempt, most: order.policy.retry.attempts };
  const words = { task: isUndone ? undoing(step) : TASKS[step], problem: problemWords(lastError) };
  return {
    cause: sentence(isUndone ? 'undo_retrying' : 'step_retrying', parameters, words),
    nextStep: sentence('tried_again', { at: nextTryAt }, { at: timeWords(nextTryAt) }),
    latest: latestOfRetries(order, wait, nextTryAt),
  };
}

/** The deadline of the goods, where it comes first; else about when the attempts are used up. */
function latestOfRetries(
  { policy: { retry }, status }: ExplainedOrder,
  { attempt, deadline }: ExplainedWait,
  nextTryAt: string,
): Standing['latest'] {
  const pauses = Array.from({ length: Math.max(retry.attempts - attempt - 1, 0) }, (_, index) =>
    backoff(retry, attempt + 1 + index),
  );
  const parked = Date.parse(nextTryAt) + pauses.reduce((sum, pause) => sum + pause, 0);
  if (deadline !== null && status === 'pending' && Date.parse(deadline) < parked)
    return { at: deadline, outcome: sentence('then_rejected') };
  return { at: new Date(parked).toISOString(), outcome: sentence('then_person_asked') };
}

function unstarted({ startedAt, status }: ExplainedOrder): Standing | null {
  return startedAt === null && status === 'pending' ? standing(sentence('not_started'), 'goes_on') : null;
}

function undone({ status, fulfilment, booked }: ExplainedOrder): Standing | null {
  const next = (booked.captured ?? 0) > 0 ? 'money_returns' : 'goes_on';
  if (status === 'cancelling') return standing(sentence('cancelling'), next);
  if (status === 'undelivered') return standing(sentence('coming_back'), next);
  return status === 'delivered' || fulfilment === 'delivered'
    ? standing(sentence('arrived'), 'goes_on')
    : null;
}

const WITH_SHOPPER: Readonly<Partial<Record<PaymentStatus, SentenceCode>>> = {
  requires_action: 'shopper_must_act',
  processing: 'payment_settling',
  declined: 'payment_declined',
};

function withShopper(order: ExplainedOrder): Standing | null {
  const { status, payment } = order;
  const code = WITH_SHOPPER[payment];
  if (status !== 'pending' || code === undefined) return null;
  if (payment === 'declined' && !mayTryOtherMethod(order)) return null;
  return standing(sentence(code), 'goes_on_when_paid', latestPayment(order));
}

/** Whether another method may be tried, as long as the window after a decline is open. */
export const mayTryOtherMethod = ({ status, payment, customer, policy }: ExplainedOrder): boolean =>
  status === 'pending' && payment === 'declined' && customer !== null && policy.declineWindow > 0;

/** The goods may be let go before the shopper's time is over: each attempt begins it anew, and the goods wait once. */
function latestPayment({ waits, startedAt, policy }: ExplainedOrder): Standing['latest'] {
  const latest = latestOf(waits, 'charge', 'then_rejected');
  if (latest === null || startedAt === null) return latest;
  const letGo = Date.parse(startedAt) + policy.reservationTtl;
  return letGo < Date.parse(latest.at) ? { ...latest, at: new Date(letGo).toISOString() } : latest;
}

function inGrace({ status, payment, fulfilment, startedAt, policy }: ExplainedOrder): Standing | null {
  const waits = status === 'pending' && payment === 'none' && fulfilment === 'reserved';
  if (!waits || policy.graceBeforeCharge === 0 || startedAt === null) return null;
  const at = new Date(Date.parse(startedAt) + policy.graceBeforeCharge).toISOString();
  return standing(sentence('in_grace'), 'payment_taken', { at, outcome: sentence('then_charged') });
}

function underWay({ fulfilment, waits }: ExplainedOrder): Standing | null {
  const latest = latestOf(waits, 'deliver', 'then_carrier_asked');
  if (fulfilment === 'ready') return standing(sentence('waits_for_pick_up'), 'carrier_reports', latest);
  return fulfilment === 'shipped' ? standing(sentence('on_its_way'), 'carrier_reports', latest) : null;
}

/** The step that an order is at, where nothing else says it. */
function working({ status, payment, fulfilment }: ExplainedOrder): Standing {
  const step: StepName =
    status === 'confirmed' || payment === 'authorized' || payment === 'captured'
      ? 'ship'
      : fulfilment === 'reserved'
        ? 'charge'
        : 'reserve';
  return standing(sentence('working', { task: step }, { task: TASKS[step] }), 'goes_on');
}

function latestOf(
  waits: readonly ExplainedWait[],
  step: StepName,
  outcome: SentenceCode,
): Standing['latest'] {
  const at = waits.find((wait) => wait.step === step)?.deadline ?? null;
  return at === null ? null : { at, outcome: sentence(outcome) };
}
