import { z } from 'zod';

import { Problem } from '../problem.js';
import type { Gateway } from './gateway.js';
import { createIntentParameters } from './parameters.js';

/** Ways in which the gateway's books can differ from the shop's: a reconciliation has to find each. */
export const discrepancySchema = z.discriminatedUnion('kind', [
  /** Money was captured that the shop never requested. */
  z.strictObject({
    kind: z.literal('unknown_charge'),
    amount: z.int().min(50).default(1_000),
    currency: z.string().length(3).default('eur'),
    metadata: z.record(z.string(), z.string()).default({}),
  }),
  /** Another amount was taken than was answered. */
  z.strictObject({
    kind: z.literal('altered_amount'),
    payment_intent: z.string(),
    by: z
      .int()
      .refine((by) => by !== 0, 'must not be 0')
      .default(1),
  }),
  /** A refund that was answered has vanished, and its money is still there. */
  z.strictObject({ kind: z.literal('lost_refund'), refund: z.string() }),
]);
type Discrepancy = z.output<typeof discrepancySchema>;

/** Makes a discrepancy; except for the charge, without an event. @throws Problem when there is nothing to change */
export function makeDiscrepancy(gateway: Gateway, discrepancy: Discrepancy): object {
  if (discrepancy.kind === 'unknown_charge') return charge(gateway, discrepancy);
  if (discrepancy.kind === 'altered_amount') return alter(gateway, discrepancy);
  return lose(gateway, discrepancy.refund);
}

function charge(
  { intents }: Gateway,
  { amount, currency, metadata }: { amount: number; currency: string; metadata: Record<string, string> },
): object {
  const { id } = intents.create(
    createIntentParameters.parse({
      amount: String(amount),
      currency,
      metadata,
      payment_method: 'pm_card_visa',
    }),
  );
  return intents.confirm(id, {});
}

function alter(
  { intents, state }: Gateway,
  { payment_intent, by }: { payment_intent: string; by: number },
): object {
  const intent = intents.get(payment_intent);
  const taken = state.charges.get(intent.latest_charge ?? '');
  const booked = state.balanceTransactions.get(taken?.balance_transaction ?? '');
  if (!taken || !booked) throw new Problem(409, `Nothing was taken with ${payment_intent}`);
  const amount = booked.amount + by;
  state.balanceTransactions.set(booked.id, { ...booked, amount, net: amount });
  state.charges.set(taken.id, {
    ...taken,
    amount: taken.amount + by,
    amount_captured: taken.amount_captured + by,
  });
  return state.intents.set(intent.id, { ...intent, amount_received: intent.amount_received + by });
}

function lose({ refunds, state }: Gateway, id: string): object {
  const refund = refunds.get(id);
  if (refund.status !== 'succeeded')
    throw new Problem(409, `No money went back with ${id}: it is ${refund.status}`);
  const refunded = state.charges.get(refund.charge);
  if (refunded) {
    const amount_refunded = refunded.amount_refunded - refund.amount;
    state.charges.set(refunded.id, { ...refunded, amount_refunded, refunded: false });
  }
  if (refund.balance_transaction !== null) state.balanceTransactions.delete(refund.balance_transaction);
  state.refunds.delete(id);
  return refund;
}
