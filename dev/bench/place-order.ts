import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { orderId, type OrderId } from '#libs/domain/order/order-id';

import type { BenchSystem } from './bench-system.js';

const Placed = z.object({ id: z.uuid() });

export interface PlacedOrder {
  readonly id: OrderId;
  /** Milliseconds until `POST /orders` was answered in full. */
  readonly answeredIn: number;
}

/** @throws Error where the API answers anything but success */
export async function placeOrder(system: BenchSystem, body: unknown): Promise<PlacedOrder> {
  const since = performance.now();
  const response = await fetch(`${system.apiUrl}/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${system.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  const answeredIn = performance.now() - since;
  if (!response.ok) throw new Error(`The API answered ${response.status}: ${answer}`);
  return { id: orderId(Placed.parse(JSON.parse(answer)).id), answeredIn };
}
