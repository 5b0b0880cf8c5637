import type { EffectToBegin } from '#libs/domain/order/effect';
import type { OrderChange } from '#libs/domain/order/order-change';
import type { OrderId } from '#libs/domain/order/order-id';

import type { Begun, EffectRepository } from '../effects/effect.repository.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { OrderRepository } from '../orders/order.repository.js';
import { firstReservation } from './first-reservation.sql.js';

export const reserveKey = (orderId: OrderId) => `${orderId}:reserve`;

/** The change that a reservation is. @param key of its effect */
const reserved = (key: string): OrderChange => ({
  next: { fulfilment: 'reserved' },
  event: { type: 'inventory.reserved', actor: 'workflow' },
  reserves: key,
});

/** The answer to a request to reserve. */
export interface Reservation {
  readonly is: 'reserved' | 'already' | 'out_of_stock' | 'closed';
  /** The effect that began with it, if one did. */
  readonly begun: Begun | null;
}

/** Reservations: all lines of an order or none. */
export class StockRepository {
  constructor(
    private readonly orders: OrderRepository,
    private readonly effects: EffectRepository,
  ) {}

  /**
   * Reserves every line, once. `pause` is a wait that begins with the reservation, in milliseconds.
   *
   * @returns `already` when an earlier attempt had done it, `closed` when it may no longer be done
   */
  async reserve(order: OrderRecord, pause: number): Promise<Reservation['is']> {
    return (await this.reserveAndBegin(order, pause)).is;
  }

  /**
   * Reserves the goods of an order that nothing has changed since it was accepted, where it is valid, and begins the
   * effect that makes its intent, where it is to be paid and no cancellation is requested. All by one statement.
   *
   * @param shipTo countries; empty means all
   * @returns the order as it was before; null where nothing was reserved: why, only a reading of the order shows
   */
  async reserveFirst(
    id: OrderId,
    shipTo: readonly string[],
  ): Promise<{ readonly order: OrderRecord; readonly begun: Begun | null } | null> {
    const change = reserved(reserveKey(id));
    return this.orders.writeAndRead(change, firstReservation(id, change, shipTo));
  }

  /** The same. @param begins an effect that begins with the reservation */
  async reserveAndBegin(order: OrderRecord, pause: number, begins?: EffectToBegin): Promise<Reservation> {
    const key = reserveKey(order.id);
    const written = await this.orders.write(order, (current) => {
      if (current.fulfilment !== 'none') return null;
      return {
        ...reserved(key),
        ...(begins && { begins }),
        ...(pause > 0 ? { begun: { step: 'charge', for: pause } as const } : {}),
      };
    });
    if (written) return { is: 'reserved', begun: written.begun };
    const effect = await this.effects.find(key);
    if (effect?.state === 'done') return { is: 'already', begun: null };
    return { is: effect?.state === 'closed' ? 'closed' : 'out_of_stock', begun: null };
  }

  /** Releases a reservation, and keeps a late attempt from reserving again. @returns whether there was one */
  async release(order: OrderRecord): Promise<boolean> {
    await this.effects.close(order.id, reserveKey(order.id));
    return this.orders.change(await this.orders.get(order.id), (current) => {
      if (current.fulfilment !== 'reserved') return null;
      return {
        next: { fulfilment: 'released' },
        event: { type: 'inventory.released', actor: 'workflow' },
        releases: true,
      };
    });
  }
}
