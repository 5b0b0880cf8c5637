import Stripe from 'stripe';

/** What the gateway did for an order. Amounts are minor units. */
export interface GatewayRecord {
  readonly intents: number;
  /** Those that took money. */
  readonly charges: readonly number[];
  /** Attempts whose card was not taken. */
  readonly declines: number;
  readonly refunds: readonly number[];
}

/** The gateway's API, called with a key of its account. */
export function stripeAt(url: string): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe('sk_test_accountant', { protocol: 'http', host: hostname, port });
}

/** The gateway's own records, as its dashboard shows them. */
export class GatewayRecords {
  private readonly stripe: Stripe;

  constructor(url: string) {
    this.stripe = stripeAt(url);
  }

  async of(orderId: string): Promise<GatewayRecord> {
    const { data } = await this.stripe.paymentIntents.list({ limit: 100 });
    const intents = data.filter(({ metadata }) => metadata['orderId'] === orderId);
    const charges = (await Promise.all(intents.map(({ id }) => this.charges(id)))).flat();
    return {
      intents: intents.length,
      charges: succeeded(charges),
      declines: charges.filter(({ status }) => status === 'failed').length,
      refunds: (await Promise.all(intents.map(({ id }) => this.refunds(id)))).flat(),
    };
  }

  /** All that was charged and refunded, for every order. */
  async sums(): Promise<{ charged: number; refunded: number }> {
    const [charges, refunds] = await Promise.all([this.charges(), this.refunds()]);
    return { charged: sum(succeeded(charges)), refunded: sum(refunds) };
  }

  private async charges(intent?: string): Promise<Stripe.Charge[]> {
    return (await this.stripe.charges.list({ limit: 100, payment_intent: intent })).data;
  }

  private async refunds(intent?: string): Promise<number[]> {
    const { data } = await this.stripe.refunds.list({ limit: 100, payment_intent: intent });
    return data.filter(({ status }) => status === 'succeeded').map(({ amount }) => amount);
  }
}

const succeeded = (charges: readonly Stripe.Charge[]) =>
  charges.filter(({ status }) => status === 'succeeded').map(({ amount }) => amount);

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
