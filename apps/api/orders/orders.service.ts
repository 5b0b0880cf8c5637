import { Injectable } from '@nestjs/common';

import { encodeCursor, type ListOrders, type OrderList } from '#libs/contracts/http/order-list.api';
import type { ListOrderEvents, OrderEventList } from '#libs/contracts/http/order-view.api';
import { explain, type Explanation } from '#libs/domain/explanation/explanation';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import { Store } from '#libs/persistence/store';

import { ProblemError } from '../platform/problems/problem-error.js';
import { presentOrder } from './order.presenter.js';

/** Reads orders. */
@Injectable()
export class OrdersService {
  constructor(private readonly store: Store) {}

  /** @throws ProblemError order_not_found */
  async get(id: OrderId): Promise<OrderRecord> {
    const order = await this.store.orders.find(id);
    if (!order) throw new ProblemError('order_not_found');
    return order;
  }

  /** Why the order stands where it does. @throws ProblemError order_not_found */
  async explain(id: OrderId): Promise<Explanation> {
    const [order, circumstances] = await Promise.all([this.get(id), this.store.circumstances.ofOrder(id)]);
    if (!circumstances) throw new ProblemError('order_not_found');
    return explain({ ...order, ...circumstances });
  }

  /** @throws ProblemError order_not_found; an order has had at least the event of its acceptance */
  async events(id: OrderId, { cursor, limit }: ListOrderEvents): Promise<OrderEventList> {
    // One more than requested shows whether there is another page.
    const events = await this.store.orders.events(id, { after: cursor, limit: limit + 1 });
    if (events.length === 0) await this.get(id);
    const page = events.slice(0, limit);
    const last = events.length > limit ? page.at(-1) : undefined;
    return {
      data: page.map(({ id: eventId, at, type, actor, changes }) => ({
        id: eventId,
        at,
        type,
        actor,
        changes,
      })),
      nextCursor: last ? String(last.seq) : null,
    };
  }

  async list({ attention, customer, cursor, limit, ...query }: ListOrders): Promise<OrderList> {
    const order = query.order ?? cursor?.order ?? 'newest';
    const orders = await this.store.orders.list({
      ...query,
      order,
      needsAttention: attention === 'open',
      customerId: customer,
      after: cursor,
      // One more than requested shows whether there is another page.
      limit: limit + 1,
    });
    const page = orders.slice(0, limit);
    const last = orders.length > limit ? page.at(-1) : undefined;
    return {
      data: page.map(presentOrder),
      nextCursor: last ? encodeCursor({ order, at: positionOf(last, query), id: last.id }) : null,
    };
  }
}

/** The position of an order in a list: by its change, or by its creation. */
const positionOf = (
  { createdAt, updatedAt }: OrderRecord,
  { updatedSince }: Pick<ListOrders, 'updatedSince'>,
) => new Date(updatedSince ? updatedAt : createdAt);
