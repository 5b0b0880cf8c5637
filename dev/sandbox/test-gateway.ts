import Stripe from 'stripe';

import type { Sandbox } from './sandbox.js';
import { post } from './test-sandbox.js';

/** Stripe's own client, for a test that calls the sandbox's gateway as the product does. */
export function stripeOf({ port }: Pick<Sandbox, 'port'>, key = 'sk_test_anything'): Stripe {
  return new Stripe(key, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    // The other client repeats a call once when a connection breaks.
    httpClient: Stripe.createFetchHttpClient(),
    telemetry: false,
  });
}

/** Acts as the shopper, a bank or the network. @throws Error with the answer when the call is refused */
export async function play(sandbox: Sandbox, path: string, body: unknown = {}): Promise<unknown> {
  const response = await post(`${sandbox.url}/sandbox${path}`, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** An intent on which a payment method was tried. */
export async function confirmed(
  stripe: Stripe,
  method: string,
  parameters: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<Stripe.PaymentIntent> {
  const { id } = await stripe.paymentIntents.create({
    amount: 3980,
    currency: 'eur',
    allowed_payment_method_types: ['card'],
    ...parameters,
  });
  return stripe.paymentIntents.confirm(id, { payment_method: method });
}

/** The account's movements of money, oldest first, as an accountant reads them. */
export async function movements(stripe: Stripe): Promise<[string, number][]> {
  const { data } = await stripe.balanceTransactions.list({ limit: 100 });
  return data.map(({ reporting_category, net }): [string, number] => [reporting_category, net]).reverse();
}
