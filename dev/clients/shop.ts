import { CancellationView } from '#libs/contracts/http/cancellation.api';
import { OrderEventList, OrderView } from '#libs/contracts/http/order-view.api';
import { ClientSecretView } from '#libs/contracts/http/payment.api';

import type { ApiCaller } from './api-caller.js';

export type OrderEvent = OrderEventList['data'][number];

export interface Purchase {
  readonly customer: string;
  readonly email: string;
  readonly sku: string;
  readonly quantity: number;
  readonly postalCode: string;
  /** The payment method; a card that is not declined when left out. */
  readonly method?: string;
}

/** What a shopper's browser needs to authenticate. */
export interface ClientSecret {
  readonly clientSecret: string;
  readonly cacheControl: string | null;
}

/** The shop's server, which uses only the system's HTTP API. */
export class Shop {
  constructor(private readonly api: ApiCaller) {}

  async place({ customer, email, sku, quantity, postalCode, method }: Purchase): Promise<OrderView> {
    const body = {
      customer: { name: customer, email },
      shippingAddress: { line1: 'Example Street 1', city: 'Berlin', postalCode, country: 'DE' },
      currency: 'EUR',
      lines: [{ sku, quantity }],
      payment: { method: method ?? 'pm_card_visa' },
    };
    return OrderView.parse(await this.api.post('/orders', body));
  }

  async order(id: string): Promise<OrderView> {
    return OrderView.parse(await this.api.get(`/orders/${id}`));
  }

  async events(id: string): Promise<OrderEvent[]> {
    // More than any order here has, so that its audit trail is one page.
    return OrderEventList.parse(await this.api.get(`/orders/${id}/events?limit=200`)).data;
  }

  async clientSecret(id: string): Promise<ClientSecret> {
    const response = await this.api.read(`/orders/${id}/payment/client-secret`);
    const { clientSecret } = ClientSecretView.parse(await response.json());
    return { clientSecret, cacheControl: response.headers.get('cache-control') };
  }

  /** Tries another payment method. */
  async pay(id: string, method: string): Promise<OrderView> {
    return OrderView.parse(await this.api.post(`/orders/${id}/payment-attempts`, { method }));
  }

  async cancel(id: string): Promise<CancellationView> {
    return CancellationView.parse(await this.api.post(`/orders/${id}/cancellation`, {}));
  }

  async cancellation(id: string): Promise<CancellationView> {
    return CancellationView.parse(await this.api.get(`/orders/${id}/cancellation`));
  }
}
