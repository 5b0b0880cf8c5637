import { describe, expect, it } from 'vitest';

import { ATTENTION_KINDS, type AttentionKind, resolutionsFor } from '../order/attention.js';
import { END_CODES } from '../order/end.js';
import { FULFILMENT, ORDER_STATUSES, PAYMENT } from '../order/states.js';
import { STEPS } from '../order/steps.js';
import { explain } from './explanation.js';
import type { ExplainedAttention, ExplainedOrder } from './explained-order.js';
import { SENTENCE_CODES, SENTENCES } from './sentences.js';

const LATER = '2026-01-15T10:00:00.000Z';

const PENDING: ExplainedOrder = {
  status: 'pending',
  payment: 'none',
  fulfilment: 'none',
  createdAt: '2026-01-01T10:00:00.000Z',
  startedAt: '2026-01-01T10:00:01.000Z',
  closedAt: null,
  endReason: null,
  policy: {
    retry: { attempts: 20, initial: 1_000, max: 60_000 },
    graceBeforeCharge: 0,
    reservationTtl: 30 * 86_400_000,
    declineWindow: 3_600_000,
  },
  customer: { email: 'shopper@example.com' },
  attention: [],
  waits: [],
  cancellation: null,
  refunds: [],
  dispute: null,
  answers: [],
  calls: [],
  booked: {},
  lines: [{ id: 'line', quantity: 2, unitPrice: 1990, taxRate: 0 }],
  totals: { subtotal: 3980, shipping: 0, discount: 0, tax: 0, total: 3980 },
  currency: 'EUR',
};
const PAID = { payment: 'captured', booked: { captured: 3980 } } as const;
const READY = { ...PAID, status: 'confirmed', fulfilment: 'ready' } as const;
const order = (changes: Partial<ExplainedOrder>): ExplainedOrder => ({ ...PENDING, ...changes });
const attention = (changes: Partial<ExplainedAttention> = {}): ExplainedAttention => ({
  id: 'attention',
  kind: 'parked',
  step: 'ship',
  isCompensation: false,
  reason: 'carrier_unreachable',
  refundId: null,
  ...changes,
});
const wait = (changes: Partial<ExplainedOrder['waits'][number]>) => ({
  step: 'ship' as const,
  attempt: 0,
  nextTryAt: null,
  deadline: null,
  lastError: null,
  ...changes,
});

/** How an order stands: its facts, the cause, the next step, what happens at the latest, and what a person may do. */
const STANDINGS: readonly [Partial<ExplainedOrder>, string, string, string | null, readonly string[]][] = [
  [{ startedAt: null }, 'not_started', 'goes_on', null, ['cancel']],
  [{}, 'working', 'goes_on', null, ['cancel']],
  [{ fulfilment: 'reserved' }, 'working', 'goes_on', null, ['cancel']],
  [
    { fulfilment: 'reserved', policy: { ...PENDING.policy, graceBeforeCharge: 60_000 } },
    'in_grace',
    'payment_taken',
    'then_charged',
    ['cancel'],
  ],
  [
    {
      fulfilment: 'reserved',
      payment: 'requires_action',
      waits: [wait({ step: 'charge', deadline: LATER })],
    },
    'shopper_must_act',
    'goes_on_when_paid',
    'then_rejected',
    ['hand_over_to_shopper', 'cancel'],
  ],
  [
    { fulfilment: 'reserved', payment: 'processing', waits: [wait({ step: 'charge', deadline: LATER })] },
    'payment_settling',
    'goes_on_when_paid',
    'then_rejected',
    ['cancel'],
  ],
  // Where no other method may be tried, the order is about to be rejected.
  [
    {
      fulfilment: 'reserved',
      payment: 'declined',
      policy: { ...PENDING.policy, declineWindow: 0 },
    },
    'working',
    'goes_on',
    null,
    ['cancel'],
  ],
  [
    {
      fulfilment: 'reserved',
      payment: 'declined',
      customer: null,
      waits: [wait({ step: 'charge', deadline: LATER })],
    },
    'working',
    'goes_on',
    null,
    ['cancel'],
  ],
  [
    { fulfilment: 'reserved', payment: 'declined', waits: [wait({ step: 'charge', deadline: LATER })] },
    'payment_declined',
    'goes_on_when_paid',
    'then_rejected',
    ['try_other_method', 'cancel'],
  ],
  [
    { ...PAID, status: 'confirmed', fulfilment: 'reserved' },
    'working',
    'goes_on',
    null,
    ['cancel', 'refund_part'],
  ],
  [
    {
      ...PAID,
      status: 'confirmed',
      fulfilment: 'reserved',
      waits: [wait({ attempt: 2, nextTryAt: '2026-01-01T10:00:05.000Z', lastError: 'carrier_timeout' })],
    },
    'step_retrying',
    'tried_again',
    'then_person_asked',
    ['cancel', 'refund_part'],
  ],
  [
    { ...READY, waits: [wait({ step: 'deliver', deadline: LATER })] },
    'waits_for_pick_up',
    'carrier_reports',
    'then_carrier_asked',
    ['cancel', 'refund_part'],
  ],
  [
    {
      ...PAID,
      status: 'shipped',
      fulfilment: 'shipped',
      waits: [wait({ step: 'deliver', deadline: LATER })],
    },
    'on_its_way',
    'carrier_reports',
    'then_carrier_asked',
    ['refund_all'],
  ],
  [{ ...PAID, status: 'delivered', fulfilment: 'delivered' }, 'arrived', 'goes_on', null, ['refund_all']],
  [
    { ...PAID, status: 'delivered', fulfilment: 'delivered', closedAt: LATER },
    'ended_delivered',
    'nothing_left',
    null,
    ['refund_all'],
  ],
  [
    { ...PAID, status: 'undelivered', fulfilment: 'returned' },
    'coming_back',
    'money_returns',
    null,
    ['refund_all'],
  ],
  [
    { status: 'undelivered', fulfilment: 'lost', closedAt: LATER, endReason: { code: 'lost' } },
    'ended_lost',
    'nothing_left',
    null,
    [],
  ],
  [
    { status: 'undelivered', fulfilment: 'returned', closedAt: LATER, endReason: { code: 'returned' } },
    'ended_returned',
    'nothing_left',
    null,
    [],
  ],
  [{ ...PAID, status: 'cancelling', fulfilment: 'ready' }, 'cancelling', 'money_returns', null, []],
  [{ status: 'cancelling', fulfilment: 'reserved' }, 'cancelling', 'goes_on', null, []],
  [
    {
      ...PAID,
      status: 'cancelling',
      waits: [wait({ step: 'charge', attempt: 1, nextTryAt: LATER, lastError: 'gateway_busy' })],
    },
    'undo_retrying',
    'tried_again',
    'then_person_asked',
    [],
  ],
  [
    { status: 'rejected', endReason: { code: 'out_of_stock' } },
    'ended_rejected_out_of_stock',
    'goes_on',
    null,
    [],
  ],
  [
    { status: 'rejected', endReason: { code: 'payment_declined' }, closedAt: LATER },
    'ended_rejected_payment_declined',
    'nothing_left',
    null,
    [],
  ],
  [
    { status: 'cancelled', endReason: { code: 'carrier_refused' }, closedAt: LATER },
    'ended_cancelled_carrier_refused',
    'nothing_left',
    null,
    [],
  ],
  [
    { status: 'cancelled', endReason: { code: 'cancelled' }, closedAt: LATER },
    'ended_cancelled',
    'nothing_left',
    null,
    [],
  ],
];

const ATTENTIONS: readonly [Partial<ExplainedAttention>, string, string, readonly string[]][] = [
  [{}, 'step_parked', 'person_decides', ['retry', 'give_up']],
  [{ step: 'notify', reason: 'mail_unreachable' }, 'step_parked', 'person_decides', ['retry', 'skip_mail']],
  [{ isCompensation: true }, 'undo_parked', 'tried_again_soon', ['retry_undo']],
  [
    { step: 'charge', isCompensation: true, refundId: 'refund' },
    'refund_parked',
    'tried_again_soon',
    ['retry_undo'],
  ],
  [
    { kind: 'amount_differs', reason: 'paid_less' },
    'paid_less',
    'person_decides',
    ['accept_amount', 'give_up'],
  ],
  [
    { kind: 'amount_differs', reason: 'paid_more' },
    'paid_more',
    'person_decides',
    ['accept_amount', 'give_up'],
  ],
  [
    { kind: 'delivery_overdue', step: 'deliver' },
    'delivery_overdue',
    'person_decides',
    ['say_arrived', 'say_lost'],
  ],
  [{ kind: 'contradicting_event', step: null }, 'contradicting_event', 'person_looks', ['acknowledge']],
  [
    { kind: 'contradicting_answer', reason: 'intent_currency_differs' },
    'contradicting_answer',
    'person_looks',
    ['acknowledge'],
  ],
  [{ kind: 'tracking_conflict', step: null }, 'tracking_conflict', 'person_looks', ['acknowledge']],
  [
    { kind: 'run_closed', step: null },
    'run_closed',
    'person_decides',
    ['restart_run', 'undo_by_run', 'acknowledge'],
  ],
  [
    { kind: 'run_stuck', step: null, reason: 'workflow_task_failing' },
    'run_stuck_workflow_task_failing',
    'corrected_by_shop',
    ['restart_run', 'undo_by_run', 'acknowledge'],
  ],
  [
    { kind: 'run_stuck', step: null, reason: 'no_worker_for_version' },
    'run_stuck_no_worker_for_version',
    'corrected_by_shop',
    ['restart_run', 'undo_by_run', 'acknowledge'],
  ],
  [{ kind: 'refund_failed', step: null }, 'refund_failed', 'person_looks', ['acknowledge']],
  [{ kind: 'late_payment', step: null }, 'late_payment', 'person_looks', ['acknowledge']],
  [{ kind: 'dispute_opened', step: null }, 'dispute_opened', 'person_looks', ['acknowledge']],
  [{ kind: 'discrepancy', step: null }, 'discrepancy', 'person_looks', ['acknowledge']],
];

describe('the explanation of an order', () => {
  it.each(STANDINGS)('with %j is %s, then %s', (facts, cause, nextStep, then, actions) => {
    const explained = explain(order(facts));
    expect(explained).toMatchObject({ cause: { code: cause }, nextStep: { code: nextStep } });
    expect(explained.latest?.outcome.code ?? null).toBe(then);
    expect(explained.actions.map(({ code }) => code)).toEqual(actions);
  });

  it.each(ATTENTIONS)('with the attention %j is %s, then %s', (facts, cause, nextStep, actions) => {
    const explained = explain(order({ ...READY, attention: [attention(facts)] }));
    expect(explained).toMatchObject({ cause: { code: cause }, nextStep: { code: nextStep }, latest: null });
    const answers = explained.actions.filter(({ operation }) => operation === 'resolveAttention');
    expect(answers.map(({ code }) => code)).toEqual(actions);
    expect(answers.map(({ attentionId }) => attentionId)).toEqual(actions.map(() => 'attention'));
  });

  it('has words for each kind of attention, and for each of its answers', () => {
    const explained = new Set<AttentionKind>(ATTENTIONS.map(([{ kind = 'parked' }]) => kind));
    expect([...explained].toSorted()).toEqual(ATTENTION_KINDS.toSorted());
    for (const kind of ATTENTION_KINDS)
      for (const step of [...STEPS, null])
        for (const isCompensation of [true, false]) {
          const { actions } = explain(order({ attention: [attention({ kind, step, isCompensation })] }));
          const resolutions = actions.flatMap(({ resolution }) => resolution ?? []);
          expect(resolutions).toEqual(resolutionsFor(kind, step, isCompensation));
        }
  });

  it('has words for whatever states an order has', () => {
    for (const status of ORDER_STATUSES)
      for (const payment of Object.keys(PAYMENT) as (keyof typeof PAYMENT)[])
        for (const fulfilment of Object.keys(FULFILMENT) as (keyof typeof FULFILMENT)[])
          for (const code of END_CODES)
            for (const closedAt of [null, LATER]) {
              const { cause, nextStep } = explain(
                order({ status, payment, fulfilment, closedAt, endReason: { code } }),
              );
              expect(SENTENCE_CODES).toEqual(expect.arrayContaining([cause.code, nextStep.code]));
            }
  });

  it('says what a provider’s trouble is, in words', () => {
    const retried = (lastError: string) =>
      explain(
        order({
          ...PAID,
          status: 'confirmed',
          fulfilment: 'reserved',
          waits: [wait({ attempt: 3, nextTryAt: LATER, lastError })],
        }),
      );
    expect(retried('carrier_unreachable').cause).toEqual({
      code: 'step_retrying',
      message:
        'Getting a label from the carrier fails at the moment: the carrier cannot be reached. 3 attempts of 20 have failed.',
      parameters: { task: 'ship', problem: 'carrier_unreachable', attempts: 3, most: 20 },
    });
    expect(retried('carrier_unreachable').nextStep.message).toBe(
      'It is tried again by itself, next at 2026-01-15 10:00:00 UTC.',
    );
    expect(retried('gateway_error').cause.message).toContain(
      'the payment provider answers that it has a fault',
    );
    expect(retried('intent_currency_differs').cause.message).toContain('it answers in another currency');
    expect(retried('TypeError').cause.message).toContain('a fault that needs a technician (TypeError)');
  });

  it('says when the attempts are used up, or the goods are released, whichever comes first', () => {
    const failing = (attempt: number, deadline: string | null) =>
      explain(
        order({
          waits: [
            wait({
              step: 'charge',
              attempt,
              nextTryAt: '2026-01-01T10:00:00.000Z',
              deadline,
              lastError: 'gateway_busy',
            }),
          ],
          policy: { ...PENDING.policy, retry: { attempts: 5, initial: 1_000, max: 60_000 } },
        }),
      ).latest;
    expect(failing(1, null)).toMatchObject({
      at: '2026-01-01T10:00:14.000Z',
      outcome: { code: 'then_person_asked' },
    });
    expect(failing(4, null)).toMatchObject({ at: '2026-01-01T10:00:00.000Z' });
    expect(failing(1, '2026-01-01T10:00:10.000Z')).toMatchObject({
      at: '2026-01-01T10:00:10.000Z',
      outcome: { code: 'then_rejected' },
    });
  });

  it('tells what else is so: lesser attentions, how it stands, requests, money and calls', () => {
    const { cause, also } = explain(
      order({
        ...READY,
        attention: [
          attention({ kind: 'dispute_opened', step: null }),
          attention({ kind: 'discrepancy', step: null }),
        ],
        cancellation: { state: 'requested', code: null },
        refunds: [{ lines: [], restock: false, state: 'pending' }],
        answers: [{ action: 'retry' }],
        calls: [{ name: 'cancel-shipment', since: LATER }],
        dispute: { status: 'needs_response' },
      }),
    );
    expect(cause.code).toBe('discrepancy');
    expect(also.map(({ code }) => code)).toEqual([
      'dispute_opened',
      'waits_for_pick_up',
      'cancellation_requested',
      'refunds_under_way',
      'answer_given',
      'call_under_way',
    ]);
    expect(also.at(-1)?.message).toContain('cancelling the label');
    const { also: refused } = explain(
      order({
        ...READY,
        cancellation: { state: 'refused', code: 'already_shipped' },
        dispute: { status: 'lost' },
      }),
    );
    expect(refused.map(({ message }) => message)).toEqual([
      'A cancellation was requested, and refused: the carrier had the parcel already.',
      "The shopper's complaint at their bank: lost.",
    ]);
  });

  it('does not say that an order goes on while it stands still', () => {
    const waits = [wait({ attempt: 20, lastError: 'carrier_unreachable' })];
    const parked = order({
      ...PAID,
      status: 'confirmed',
      fulfilment: 'reserved',
      waits,
      attention: [attention()],
    });
    expect(explain(parked).also).toEqual([]);
    expect(explain(parked).cause.message).toBe(
      'Getting a label from the carrier did not succeed after 20 attempts: the carrier cannot be reached. It is not tried again by itself.',
    );
  });
});

it('every sentence is one or more whole sentences', () => {
  for (const [code, text] of Object.entries(SENTENCES)) expect(text, code).toMatch(/^[A-Z{].*\.$/);
});

it('the shopper has until the goods are let go, where that is before the time to pay is over', () => {
  const policy = { ...PENDING.policy, reservationTtl: 3_600_000 };
  const charge = wait({ step: 'charge', deadline: LATER });
  const { latest } = explain(
    order({ fulfilment: 'reserved', payment: 'requires_action', policy, waits: [charge] }),
  );
  expect(latest).toMatchObject({ at: '2026-01-01T11:00:01.000Z', outcome: { code: 'then_rejected' } });
});
