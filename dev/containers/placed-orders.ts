import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { OrderView } from '#libs/contracts/http/order-view.api';

import { ApiCaller } from '../clients/api-caller.js';
import { Shop } from '../clients/shop.js';

export const API = 'http://127.0.0.1:3000';
/** Milliseconds. */
const PAUSE = 200;
const ACCEPTED_WITHIN = 120_000;

/** Orders of the product that the head of docker-compose.yml makes, each placed until the API has taken it. */
export class PlacedOrders {
  readonly ids: string[] = [];
  private readonly api: ApiCaller;
  private readonly shop: Shop;

  constructor(key: string) {
    this.api = new ApiCaller(API, key);
    this.shop = new Shop(this.api);
  }

  /** Repeats the request under one idempotency key while the API is away, as a shop would. */
  async place(): Promise<string> {
    const key = randomUUID();
    const body = {
      customer: { name: 'Ada', email: `${key}@example.com` },
      shippingAddress: { line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
      currency: 'EUR',
      lines: [{ sku: 'MUG-BLUE', quantity: 1 }],
      payment: { method: 'pm_card_visa' },
    };
    const { id } = await within(ACCEPTED_WITHIN, async () => {
      return (await this.api.post('/orders', body, key)) as Pick<OrderView, 'id'>;
    });
    this.ids.push(id);
    return id;
  }

  /** Places one and waits until its money is taken. @returns the milliseconds both took */
  async untilCharged(atMost: number): Promise<number> {
    const since = Date.now();
    const id = await this.place();
    await this.until(id, ({ payment }) => payment === 'captured', atMost);
    return Date.now() - since;
  }

  async until(id: string, accepts: (order: OrderView) => boolean, atMost: number): Promise<OrderView> {
    return within(atMost, async () => {
      const order = await this.shop.order(id);
      if (accepts(order)) return order;
      throw new Error(`${order.number} is ${order.status}, its payment ${order.payment}`);
    });
  }
}

/** Repeats what fails, until the time is up. @throws what it failed with last */
export async function within<T>(atMost: number, attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + atMost;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(PAUSE);
    }
  }
}
