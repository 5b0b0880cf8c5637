import type { OrderEvent } from './openapi.js';
import { answered, type ShopClient } from './shop-client.js';

/** An order's whole audit trail, oldest first, page after page. @throws Refused, ForeignAnswer */
export async function everyOrderEvent(client: ShopClient, id: string): Promise<OrderEvent[]> {
  const events: OrderEvent[] = [];
  let cursor: string | undefined;
  do {
    const params = { path: { id }, query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) } };
    const page = await answered(client.GET('/orders/{id}/events', { params }));
    events.push(...page.data);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return events;
}
