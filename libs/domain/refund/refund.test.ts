import { describe, expect, it } from 'vitest';

import type { Booked } from '../ledger/ledger.js';
import { leftToReturn, type RefundReason, type RefundState } from './refund.js';

const refund = (amount: number, reason: RefundReason, state: RefundState) => ({ amount, reason, state });

describe('what a compensated order has left to return', () => {
  it.each<[string, Booked, ReturnType<typeof refund>[], number]>([
    ['nothing, of money that never came', {}, [], 0],
    ['all of it', { captured: 100 }, [], 100],
    [
      'not what is on its way',
      { captured: 100, refund_requested: 100 },
      [refund(100, 'cancelled', 'pending')],
      0,
    ],
    [
      'not what a bank has',
      { captured: 100, dispute_withdrawn: 30, refund_requested: 70 },
      [refund(70, 'cancelled', 'pending')],
      0,
    ],
    [
      'what a bank has given back',
      { captured: 100, dispute_withdrawn: 30, dispute_reinstated: 30, refund_requested: 70 },
      [refund(70, 'cancelled', 'requested')],
      30,
    ],
    [
      "an operator's refund that failed",
      { captured: 100, refund_requested: 100, refund_failed: 10 },
      [refund(10, 'goodwill', 'failed'), refund(90, 'cancelled', 'pending')],
      10,
    ],
    [
      'not its own that failed: a person was asked',
      { captured: 100, refund_requested: 100, refund_failed: 100 },
      [refund(100, 'cancelled', 'failed')],
      0,
    ],
    [
      'what came back beside its own that failed',
      {
        captured: 100,
        dispute_withdrawn: 30,
        dispute_reinstated: 30,
        refund_requested: 70,
        refund_failed: 70,
      },
      [refund(70, 'cancelled', 'failed')],
      30,
    ],
    [
      'nothing, where more than that went back',
      { captured: 100, refund_requested: 100, refund_failed: 60, refund_adopted: 50 },
      [refund(60, 'cancelled', 'failed'), refund(40, 'cancelled', 'succeeded')],
      0,
    ],
  ])('%s', (_, booked, refunds, left) => {
    expect(leftToReturn(booked, refunds)).toBe(left);
  });
});
