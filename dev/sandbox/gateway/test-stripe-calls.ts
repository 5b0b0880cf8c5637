import type Stripe from 'stripe';

import type { Sandbox } from '../sandbox.js';
import { confirmed, play, stripeOf } from '../test-gateway.js';

/** What the calls are about. */
export interface Names {
  readonly unconfirmed: string;
  readonly paid: string;
  readonly held: string;
  readonly declined: string;
  readonly pendingRefund: string;
  readonly failedRefund: string;
  readonly dispute: string;
  readonly charge: string;
  readonly event: string;
}
export type Call = (stripe: Stripe, names: Names) => Promise<unknown>;

const INTENT = { amount: 3980, currency: 'eur', allowed_payment_method_types: ['card' as const] };
const create: Call = (stripe) =>
  stripe.paymentIntents.create({ ...INTENT, metadata: { orderId: 'o-1' }, capture_method: 'manual' });
const confirm =
  (payment_method: string): Call =>
  async (stripe) => {
    const { id } = await stripe.paymentIntents.create(INTENT);
    return stripe.paymentIntents.confirm(id, { payment_method });
  };

/** Each operation that the product uses, with the parameters that it gives. */
export const CALLS: readonly [operation: string, how: string, Call][] = [
  ['POST /v1/payment_intents', 'unconfirmed', create],
  ['POST /v1/payment_intents/{intent}/confirm', 'succeeding', confirm('pm_card_visa')],
  ['POST /v1/payment_intents/{intent}/confirm', 'asking', confirm('pm_card_authenticationRequired')],
  ['POST /v1/payment_intents/{intent}/confirm', 'in processing', confirm('pm_sandbox_processing')],
  [
    'POST /v1/payment_intents/{intent}/capture',
    'in part',
    (stripe, { held }) => stripe.paymentIntents.capture(held, { amount_to_capture: 3000 }),
  ],
  [
    'POST /v1/payment_intents/{intent}/cancel',
    'with a reason',
    (stripe, { unconfirmed }) =>
      stripe.paymentIntents.cancel(unconfirmed, { cancellation_reason: 'abandoned' }),
  ],
  [
    'GET /v1/payment_intents/{intent}',
    'with its charge',
    (stripe, { paid }) => stripe.paymentIntents.retrieve(paid, { expand: ['latest_charge'] }),
  ],
  [
    'GET /v1/payment_intents/{intent}',
    'after a decline',
    (stripe, { declined }) => stripe.paymentIntents.retrieve(declined),
  ],
  [
    'GET /v1/payment_intents',
    'by time',
    (stripe) => stripe.paymentIntents.list({ limit: 100, created: { gte: 1, lt: 9_999_999_999 } }),
  ],
  [
    'POST /v1/refunds',
    'of a part',
    (stripe, { paid }) =>
      stripe.refunds.create({ payment_intent: paid, amount: 100, metadata: { refundId: 'r-1' } }),
  ],
  [
    'GET /v1/refunds/{refund}',
    'pending',
    (stripe, { pendingRefund }) => stripe.refunds.retrieve(pendingRefund),
  ],
  ['GET /v1/refunds/{refund}', 'failed', (stripe, { failedRefund }) => stripe.refunds.retrieve(failedRefund)],
  [
    'GET /v1/refunds',
    'of an intent',
    (stripe, { paid }) => stripe.refunds.list({ payment_intent: paid, limit: 100 }),
  ],
  ['GET /v1/charges/{charge}', 'disputed', (stripe, { charge }) => stripe.charges.retrieve(charge)],
  ['GET /v1/charges', 'of all kinds', (stripe) => stripe.charges.list({ limit: 100 })],
  ['GET /v1/disputes/{dispute}', 'won', (stripe, { dispute }) => stripe.disputes.retrieve(dispute)],
  [
    'GET /v1/disputes',
    'of an intent',
    (stripe, { paid }) => stripe.disputes.list({ payment_intent: paid, limit: 100 }),
  ],
  [
    'GET /v1/balance_transactions',
    'with what they are about',
    (stripe) =>
      stripe.balanceTransactions.list({
        limit: 100,
        created: { gte: 1, lte: 9_999_999_999 },
        expand: ['data.source'],
      }),
  ],
  [
    'GET /v1/balance_transactions',
    'of a type',
    (stripe) => stripe.balanceTransactions.list({ type: 'charge', currency: 'eur' }),
  ],
  ['GET /v1/events/{id}', 'of a payment', (stripe, { event }) => stripe.events.retrieve(event)],
  ['GET /v1/events', 'of a type', (stripe) => stripe.events.list({ types: ['refund.failed'], limit: 100 })],
];

/** What is refused, and how; stripe-mock refuses nothing of the kind. */
export const REFUSED: readonly [what: string, Call][] = [
  ['a declined card', confirm('pm_card_chargeDeclinedInsufficientFunds')],
  ['an unknown card', confirm('pm_card_platinum')],
  ['an intent that does not exist', (stripe) => stripe.paymentIntents.retrieve('pi_0')],
  ['a confirmation that is too late', (stripe, { paid }) => stripe.paymentIntents.confirm(paid)],
  [
    'too much to give back',
    (stripe, { paid }) => stripe.refunds.create({ payment_intent: paid, amount: 9999 }),
  ],
  ['too little to charge', (stripe) => stripe.paymentIntents.create({ amount: 1, currency: 'eur' })],
  ['too much to charge', (stripe) => stripe.paymentIntents.create({ amount: 100_000_000, currency: 'eur' })],
  [
    'a fraction that is not charged',
    (stripe) => stripe.paymentIntents.create({ amount: 550, currency: 'isk' }),
  ],
  [
    'a currency that is not charged',
    (stripe) => stripe.paymentIntents.create({ amount: 550, currency: 'xau' }),
  ],
];

/** A gateway with every kind of movement of money. */
export async function everyKindOfThing(sandbox: Sandbox): Promise<Names> {
  const stripe = stripeOf(sandbox);
  const byHand = { capture_method: 'manual' } as const;
  const unconfirmed = await stripe.paymentIntents.create(INTENT);
  const paid = await confirmed(stripe, 'pm_card_visa');
  const held = await confirmed(stripe, 'pm_card_visa', byHand);
  const lapsed = await confirmed(stripe, 'pm_card_visa', byHand);
  await play(sandbox, `/payment-intents/${lapsed.id}/lapse`);
  const declined = await confirmed(stripe, 'pm_card_authenticationRequired');
  await play(sandbox, `/payment-intents/${declined.id}/shopper`, { does: 'fail' });
  await confirmed(stripe, 'pm_sandbox_processing');
  const { id: ofPending } = await confirmed(stripe, 'pm_card_pendingRefund');
  const { id: ofFailing } = await confirmed(stripe, 'pm_card_refundFail');
  const pending = await stripe.refunds.create({ payment_intent: ofPending });
  const failing = await stripe.refunds.create({ payment_intent: ofFailing });
  await play(sandbox, `/refunds/${failing.id}`, { becomes: 'failed' });
  const { id: ofDispute } = await confirmed(stripe, 'pm_card_createDispute');
  const [dispute] = (await stripe.disputes.list({ payment_intent: ofDispute })).data;
  const [charge] = (await stripe.charges.list({ payment_intent: ofDispute })).data;
  await play(sandbox, `/disputes/${dispute?.id}`, { becomes: 'won' });
  const [event] = (await stripe.events.list({ type: 'payment_intent.succeeded' })).data;
  return {
    unconfirmed: unconfirmed.id,
    paid: paid.id,
    held: held.id,
    declined: declined.id,
    pendingRefund: pending.id,
    failedRefund: failing.id,
    dispute: dispute?.id ?? '',
    charge: charge?.id ?? '',
    event: event?.id ?? '',
  };
}
