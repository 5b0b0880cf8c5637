import { type AttentionKind, resolutionsFor } from '../order/attention.js';
import { CANCELLATION_OUTCOMES } from '../order/cancellation.js';
import { isEnd } from '../order/states.js';
import type { Resolution, StepName } from '../order/steps.js';
import { decideRefund } from '../refund/refund-request.js';
import { actionSentence } from './action-words.js';
import { attentionStanding } from './attention-standing.js';
import type { ExplainedAttention, ExplainedOrder, Standing } from './explained-order.js';
import { type Sentence, sentence, type SentenceCode } from './sentences.js';
import { mayTryOtherMethod, standingOf } from './standing.js';
import { problemWords, TASKS, timeWords } from './words.js';

/** The operations of the API by which a person changes how an order goes on. */
export type ActionOperation =
  'resolveAttention' | 'requestCancellation' | 'requestRefund' | 'attemptPayment' | 'readClientSecret';

/** What a person may do. */
export interface Action extends Sentence {
  readonly operation: ActionOperation;
  /** Of a resolution. */
  readonly attentionId: string | null;
  readonly resolution: Resolution | null;
}

export interface Explanation extends Standing {
  /** What else is so, the most important first. */
  readonly also: readonly Sentence[];
  readonly actions: readonly Action[];
}

/** The kinds of attention, those first that say most about why an order stands. */
const RANKED: readonly AttentionKind[] = [
  'run_closed',
  'run_stuck',
  'amount_differs',
  'parked',
  'delivery_overdue',
  'refund_failed',
  'discrepancy',
  'contradicting_answer',
  'contradicting_event',
  'tracking_conflict',
  'dispute_opened',
  'late_payment',
];

/** Explains an order by its facts: an open attention first, then what fails, then how far it has come. */
export function explain(order: ExplainedOrder): Explanation {
  const attention = order.attention.toSorted((a, b) => RANKED.indexOf(a.kind) - RANKED.indexOf(b.kind));
  const [first, ...others] = attention.map((each) => attentionStanding(order, each));
  const state = standingOf(order);
  const { cause, nextStep, latest } = first ?? state;
  const more = first ? [...others.map((each) => each.cause), state.cause] : [];
  return {
    cause,
    nextStep,
    latest,
    also: [...more, ...circumstances(order)].filter(isNotRepeated(cause)),
    actions: actionsOf(order, attention),
  };
}

/** Where these say why an order stands still, it is neither processed nor tried again. */
const STANDS_STILL: readonly SentenceCode[] = [
  ...(['step_parked', 'undo_parked', 'paid_less', 'paid_more', 'run_closed'] as const),
  ...(['run_stuck_workflow_task_failing', 'run_stuck_no_worker_for_version'] as const),
];
const GOES_ON: readonly SentenceCode[] = ['working', 'step_retrying', 'undo_retrying'];

const isNotRepeated =
  ({ code }: Sentence) =>
  (each: Sentence) =>
    !(STANDS_STILL.includes(code) && GOES_ON.includes(each.code));

function circumstances(order: ExplainedOrder): Sentence[] {
  const { cancellation, refunds, answers, calls, dispute, attention } = order;
  const underWay = refunds.filter(({ state }) => state === 'requested' || state === 'pending').length;
  const isDisputeTold = attention.some(({ kind }) => kind === 'dispute_opened');
  return [
    ...(cancellation?.state === 'requested' ? [sentence('cancellation_requested')] : []),
    ...(cancellation?.state === 'refused' && cancellation.code !== null
      ? [
          sentence(
            'cancellation_refused',
            { problem: cancellation.code },
            { problem: problemWords(cancellation.code) },
          ),
        ]
      : []),
    ...(underWay > 0 ? [sentence('refunds_under_way', { refunds: underWay })] : []),
    ...answers.map(({ action }) => sentence('answer_given', { answer: action })),
    ...calls.map(({ name, since }) =>
      sentence('call_under_way', { since, task: name }, { since: timeWords(since), task: callWords(name) }),
    ),
    ...(dispute && !isDisputeTold ? [sentence('dispute_open', { status: dispute.status })] : []),
  ];
}

const isStep = (name: string): name is StepName => Object.hasOwn(TASKS, name);

function callWords(name: string): string {
  const [kind = name] = name.split(':');
  if (kind === 'intent') return TASKS.charge;
  if (kind === 'refund' || kind === 'void') return 'returning the money';
  if (kind === 'cancel-shipment') return 'cancelling the label';
  if (kind === 'email') return 'sending a mail';
  return isStep(kind) ? TASKS[kind] : kind;
}

function actionsOf(order: ExplainedOrder, attention: readonly ExplainedAttention[]): Action[] {
  const { status, payment, cancellation, refunds } = order;
  const hasEnded = isEnd(status);
  const resolutions = attention.flatMap((each) =>
    resolutionsFor(each.kind, each.step, each.isCompensation, hasEnded).map((resolution): Action => ({
      ...actionSentence(each, resolution),
      operation: 'resolveAttention',
      attentionId: each.id,
      resolution,
    })),
  );
  const other = (operation: ActionOperation, code: SentenceCode): Action => ({
    ...sentence(code),
    operation,
    attentionId: null,
    resolution: null,
  });
  const canCancel =
    CANCELLATION_OUTCOMES[status].state === 'requested' && status !== 'cancelling' && cancellation === null;
  const hasNoRun = attention.some(({ kind }) => kind === 'run_closed');
  const refund = decideRefund({ ...order, hasNoRun }, refunds, { portion: { of: 'all' }, restock: false });
  const hasMoney = (order.booked.captured ?? 0) > 0;
  return [
    ...resolutions,
    ...(mayTryOtherMethod(order) ? [other('attemptPayment', 'try_other_method')] : []),
    ...(payment === 'requires_action' ? [other('readClientSecret', 'hand_over_to_shopper')] : []),
    ...(canCancel ? [other('requestCancellation', 'cancel')] : []),
    ...(refund.is === 'refund' ? [other('requestRefund', 'refund_all')] : []),
    ...(refund.is === 'refused' && refund.code === 'use_cancellation' && hasMoney && status === 'confirmed'
      ? [other('requestRefund', 'refund_part')]
      : []),
  ];
}
