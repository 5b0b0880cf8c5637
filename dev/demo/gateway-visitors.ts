import Stripe from 'stripe';

import { stripeAt } from './gateway-records.js';

/** Who deals with the gateway and not through this service: the shopper's browser, and a hand at the dashboard. */
export class GatewayVisitors {
  private readonly stripe: Stripe;

  constructor(private readonly url: string) {
    this.stripe = stripeAt(url);
  }

  /** The shopper proves to be who it is; as with Stripe.js the browser knows the client secret only. */
  async authenticate(clientSecret: string): Promise<void> {
    const [intent = ''] = clientSecret.split('_secret_');
    const response = await fetch(`${this.url}/sandbox/payment-intents/${intent}/shopper`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ does: 'authenticate' }),
    });
    if (!response.ok) throw new Error(`the gateway refused the shopper: ${await response.text()}`);
  }

  /** Gives money back without telling the service. @param amount minor units. @returns the gateway's id of it */
  async refundByHand(orderId: string, amount: number): Promise<string> {
    const { data } = await this.stripe.paymentIntents.list({ limit: 100 });
    const intent = data.find(({ metadata }) => metadata['orderId'] === orderId);
    if (!intent) throw new Error(`the gateway has no intent of ${orderId}`);
    return (await this.stripe.refunds.create({ payment_intent: intent.id, amount })).id;
  }
}
