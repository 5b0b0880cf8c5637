import Stripe from 'stripe';

import { stripeAt } from './gateway-records.js';

/** Actions at the gateway and not through this service: by a shopper's browser, or at its dashboard. */
export class GatewayActions {
  private readonly stripe: Stripe;

  constructor(private readonly url: string) {
    this.stripe = stripeAt(url);
  }

  /** The shopper authenticates. As with Stripe.js, the browser knows the client secret only. */
  async authenticate(clientSecret: string): Promise<void> {
    const [intent = ''] = clientSecret.split('_secret_');
    const response = await fetch(`${this.url}/sandbox/payment-intents/${intent}/shopper`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ does: 'authenticate' }),
    });
    if (!response.ok) throw new Error(`the gateway refused the shopper: ${await response.text()}`);
  }

  /** Refunds a payment without this service. @param amount minor units @returns the gateway's id of the refund */
  async refundFromDashboard(orderId: string, amount: number): Promise<string> {
    const { data } = await this.stripe.paymentIntents.list({ limit: 100 });
    const intent = data.find(({ metadata }) => metadata['orderId'] === orderId);
    if (!intent) throw new Error(`the gateway has no intent of ${orderId}`);
    return (await this.stripe.refunds.create({ payment_intent: intent.id, amount })).id;
  }
}
