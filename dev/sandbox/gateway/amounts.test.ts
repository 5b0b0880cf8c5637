import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Sandbox } from '../sandbox.js';
import { confirmed, stripeOf } from '../test-gateway.js';
import { startTestSandbox } from '../test-sandbox.js';

let sandbox: Sandbox;
let stripe: Stripe;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  stripe = stripeOf(sandbox);
});
afterAll(() => sandbox.close());

const create = (amount: number, currency: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({ amount, currency, ...more });
const UGX =
  'Invalid amount. Currency UGX has become effectively zero-decimal and charged amounts must be evenly divisible by 100. See https://stripe.com/docs/currencies#zero-decimal for more information.';

describe('the amounts that the gateway charges', () => {
  it.each([
    ['eur', 50],
    ['eur', 99_999_999],
    ['jpy', 50],
    ['kwd', 12_350],
    ['isk', 500],
    ['ugx', 99_999_900],
    ['huf', 17_545],
    ['twd', 80_045],
    ['idr', 2_500_000_000],
    ['idr', 999_999_999_999],
  ])('are such as %s %i', async (currency, amount) => {
    const paid = await confirmed(stripe, 'pm_card_visa', { amount, currency });
    expect(paid).toMatchObject({ status: 'succeeded', amount, amount_received: amount, currency });
    const refund = await stripe.refunds.create({ payment_intent: paid.id });
    expect(refund).toMatchObject({ amount, currency, status: 'succeeded' });
  });

  it.each([
    ['eur', 49, 'amount_too_small', 'Amount must be at least €0.50 eur'],
    ['gbp', 29, 'amount_too_small', 'Amount must be at least £0.30 gbp'],
    ['jpy', 49, 'amount_too_small', 'Amount must be at least ¥50 jpy'],
    ['usd', 100_000_000, 'amount_too_large', 'Amount must be no more than $999,999.99'],
    ['jpy', 100_000_000, 'amount_too_large', 'Amount must be no more than ¥99,999,999'],
    ['ugx', 5, undefined, UGX],
    ['isk', 550, undefined, UGX.replace('UGX', 'ISK')],
    [
      'kwd',
      5_124,
      undefined,
      'Invalid amount. Amounts in KWD must be evenly divisible by 10. See https://stripe.com/docs/currencies#three-decimal for more information.',
    ],
  ])('are refused as Stripe does: %s %i', async (currency, amount, code, message) => {
    await expect(create(amount, currency)).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      code,
      param: 'amount',
      message,
    });
  });

  it('are of a currency that Stripe knows', async () => {
    await expect(create(500, 'zzz')).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      param: 'currency',
      message: expect.stringMatching(/^Invalid currency: zzz\. Stripe currently supports these currencies: /),
    });
  });

  it('can be captured and refunded in the same steps only', async () => {
    const held = await confirmed(stripe, 'pm_card_visa', {
      ...{ amount: 12_350, currency: 'kwd' },
      capture_method: 'manual',
    });
    const capture = (amount: number) => stripe.paymentIntents.capture(held.id, { amount_to_capture: amount });
    await expect(capture(12_345)).rejects.toMatchObject({ statusCode: 400, param: 'amount_to_capture' });
    expect(await capture(12_340)).toMatchObject({ amount_received: 12_340 });
    const refund = (amount: number) => stripe.refunds.create({ payment_intent: held.id, amount });
    await expect(refund(2_345)).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
    expect(await refund(2_340)).toMatchObject({ amount: 2_340, currency: 'kwd' });
  });
});
