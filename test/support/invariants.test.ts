import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import type { Bench } from '../integration/bench.js';
import { useBench } from '../integration/use-bench.js';
import { checkInvariants } from './invariants.js';

/** What could go wrong with an order, written past every rule, and how it is called. */
const PLANTED: readonly { what: string; sql: string; broken: RegExp }[] = [
  {
    what: 'an order that was cancelled and keeps the money',
    sql: `UPDATE orders SET status = 'cancelled', closed_at = now() WHERE id = $1`,
    broken: /^1 what was taken/m,
  },
  {
    what: 'goods that were released before the money went back',
    sql: `UPDATE orders SET fulfilment = 'released', intent_id = 'pi_' || id WHERE id = $1`,
    broken: /^2 no stock is released/m,
  },
  {
    what: 'a request to cancel that is not decided',
    sql: `WITH ended AS (UPDATE orders SET status = 'delivered' WHERE id = $1 RETURNING id)
      INSERT INTO cancellation (order_id, state, requested_by) SELECT id, 'requested', 'tests' FROM ended`,
    broken: /^3 a request to cancel/m,
  },
  {
    what: 'a change that no subscriber learns of',
    sql: `DELETE FROM outbox_event WHERE order_id = $1 AND type = 'payment.captured'`,
    broken: /^6 each state that the audit trail leads to is told/m,
  },
  {
    what: 'a refund that is said to have succeeded',
    sql: `INSERT INTO refund (id, order_id, amount, reason, state, requested_by)
      VALUES (gen_random_uuid(), $1, 100, 'goodwill', 'succeeded', 'tests')`,
    broken: /^7 each refund is booked/m,
  },
];

describe('the invariants', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  }, 'impossible rows');

  const plant = async (id: OrderId, sql: string): Promise<void> => {
    await bench.database.$executeRawUnsafe(sql.replace('$1', '$1::uuid'), id);
  };

  it('hold of an order that was paid, and refunded in part', async () => {
    const { order } = await bench.labelled();
    await bench.refund(order, 1_000);
    await checkInvariants(bench.databaseUrl);
  });

  it.each(PLANTED)('are broken by $what', async ({ sql, broken }) => {
    const { id } = await bench.labelled();
    await plant(id, sql);
    await expect(checkInvariants(bench.databaseUrl)).rejects.toThrow(broken);
    await expect(checkInvariants(bench.databaseUrl)).rejects.toThrow(id);
  });
});
