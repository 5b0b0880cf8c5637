import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { Sandbox } from '../sandbox.js';
import { confirmed, play, stripeOf } from '../test-gateway.js';
import { startTestSandbox } from '../test-sandbox.js';
import { EVENT_TYPES } from './event.js';
import { OpenApi } from './test-openapi.js';
import { findStripeMock, startStripeMock, type StripeMock } from './test-stripe-mock.js';

/** What Stripe sends and the sandbox does not, though it might be null. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  // Since 2022-11-15 of the API a charge has its refunds only where they are asked for.
  'charge.refunds',
]);

/** What the calls are about. */
interface Names {
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
type Call = (stripe: Stripe, names: Names) => Promise<unknown>;

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
const CALLS: readonly [operation: string, how: string, Call][] = [
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
const REFUSED: readonly [what: string, Call][] = [
  ['a declined card', confirm('pm_card_chargeDeclinedInsufficientFunds')],
  ['an unknown card', confirm('pm_card_platinum')],
  ['an intent that does not exist', (stripe) => stripe.paymentIntents.retrieve('pi_0')],
  ['a confirmation that is too late', (stripe, { paid }) => stripe.paymentIntents.confirm(paid)],
  [
    'too much to give back',
    (stripe, { paid }) => stripe.refunds.create({ payment_intent: paid, amount: 9999 }),
  ],
  ['a parameter that does not fit', (stripe) => stripe.paymentIntents.create({ amount: 1, currency: 'eur' })],
];

const found = findStripeMock();
const missed = 'missed' in found ? found.missed : undefined;

describe.skipIf(missed !== undefined)(
  `the gateway, held against what Stripe publishes${missed === undefined ? '' : ` (not here: ${missed})`}`,
  () => {
    let api: OpenApi;
    let sandbox: Sandbox;
    let mock: StripeMock;
    let names: Names;

    beforeAll(async () => {
      if ('missed' in found) throw new Error(found.missed);
      api = new OpenApi(found.specification, LEFT_OUT);
      mock = await startStripeMock(found.executable);
      sandbox = await startTestSandbox();
      names = await everyKindOfThing(sandbox);
    });
    afterAll(async () => {
      await mock.close();
      await sandbox.close();
    });

    it.each(CALLS)('%s, %s: is asked and answered as with Stripe', async (operation, _how, call) => {
      const answer = plain(await call(stripeOf(sandbox), names));
      expect(api.misfits(api.answerOf(operation), answer)).toEqual([]);
      // That it answers at all shows that it takes the parameters.
      const examples = plain(await call(stripeOf(mock), names));
      expect(differences(answer, examples)).toEqual([]);
    });

    it.each(REFUSED)('%s: is refused as with Stripe', async (_what, call) => {
      expect(api.misfits(api.object('api_errors'), await refusal(call(stripeOf(sandbox), names)))).toEqual(
        [],
      );
    });

    it('tells events about objects as they are', async () => {
      const { data } = await stripeOf(sandbox).events.list({ limit: 100 });
      expect(new Set(data.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
      const wrong = data.flatMap((event) => {
        const object = z.looseObject({ object: z.string() }).parse(plain(event.data.object));
        return api.misfits(api.object(object.object), object).map((misfit) => `${event.type}: ${misfit}`);
      });
      expect(wrong).toEqual([]);
    });

    it('sees what is wrong with an answer', () => {
      const refund = { id: 7, object: 'refund', amount: 1.5, colour: 'red', created: 1, currency: null };
      const wrong = api.misfits(api.object('refund'), refund);
      expect(wrong).toEqual(
        expect.arrayContaining([
          'refund.id must be of type string',
          'refund.amount must be of type integer',
          'refund.colour is unknown to Stripe',
          'refund.currency must not be null',
          'refund.status is missing',
        ]),
      );
    });
  },
);

/** A gateway that has seen everything that can happen to money. */
async function everyKindOfThing(sandbox: Sandbox): Promise<Names> {
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

/** An answer without what the client adds to it. */
function plain(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer));
}

/** Where an answer is of another kind than Stripe's example of it; what either has alone is no difference. */
function differences(answer: unknown, example: unknown): string[] {
  const examples = new Map(Object.entries(z.record(z.string(), z.unknown()).parse(example)));
  return Object.entries(z.record(z.string(), z.unknown()).parse(answer))
    .filter(([name, value]) => value !== null && (examples.get(name) ?? null) !== null)
    .filter(([name, value]) => kind(value) !== kind(examples.get(name)))
    .map(([name]) => name);
}

/** An object may stand in place of its id. */
function kind(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' && value !== null && 'id' in value ? 'string' : typeof value;
}

async function refusal(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw new Error('was not refused');
  const {
    headers: _headers,
    statusCode: _status,
    requestId: _id,
    ...raw
  } = z.looseObject({}).parse(error.raw);
  return raw;
}
