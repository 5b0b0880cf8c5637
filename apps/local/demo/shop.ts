import { randomUUID } from 'node:crypto';

import { OrderEventList, OrderView } from '#libs/contracts/order-view.api';

export type OrderEvent = OrderEventList['data'][number];

export interface Purchase {
  readonly customer: string;
  readonly email: string;
  readonly sku: string;
  readonly quantity: number;
  readonly postalCode: string;
}

/** The shop's server, which knows the system by its HTTP API only. */
export class Shop {
  private readonly authorized: Readonly<Record<string, string>>;

  constructor(
    private readonly url: string,
    apiKey: string,
  ) {
    this.authorized = { authorization: `Bearer ${apiKey}` };
  }

  async place({ customer, email, sku, quantity, postalCode }: Purchase): Promise<OrderView> {
    const body = {
      customer: { name: customer, email },
      shippingAddress: { line1: 'Example Street 1', city: 'Berlin', postalCode, country: 'DE' },
      currency: 'EUR',
      lines: [{ sku, quantity }],
      payment: { method: 'pm_card_visa' },
    };
    return OrderView.parse(
      await this.call('/orders', {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { ...this.authorized, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      }),
    );
  }

  async order(id: string): Promise<OrderView> {
    return OrderView.parse(await this.call(`/orders/${id}`));
  }

  async events(id: string): Promise<OrderEvent[]> {
    return OrderEventList.parse(await this.call(`/orders/${id}/events`)).data;
  }

  private async call(path: string, init: RequestInit = { headers: this.authorized }): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, init);
    if (!response.ok) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
