import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { RECONCILE_SCHEDULE } from '#libs/contracts/workflows/reconcile-workflow';

import { abreast } from '../support/crowd.js';
import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

const BUYERS = 40;
const UNITS = 30;
/** How often each order is placed, at once, by whichever API the proxy chooses. */
const COPIES = 3;

let system: System;
useSystem(
  (opened) => {
    system = opened;
  },
  { processes: 3, deliveryAfter: 300 },
);

it('three APIs behind a proxy and three workers are as one, also while some of them are killed', async () => {
  await system.store.catalogue.seed([
    {
      sku: 'FEW',
      name: 'Not enough for all',
      currency: 'EUR',
      unitPrice: 1500,
      sellable: true,
      stock: UNITS,
    },
  ]);
  const lines = [{ sku: 'FEW', quantity: 1 }];
  const buyers = Array.from({ length: BUYERS }, () => ({ key: randomUUID(), body: system.body({ lines }) }));
  const ids = new Set<string>();
  /** Until it is accepted: the API that it was sent to may be killed. */
  const place = async ({ key, body }: (typeof buyers)[number]) => {
    const answer = await eventually(
      () =>
        system.http
          .post('/orders')
          .set('Idempotency-Key', key)
          .send(body)
          .then(
            ({ status, body: order }) => ({ status, order }),
            () => ({ status: 0, order: null }),
          ),
      ({ status }) => status === 202,
    );
    return answer.order.id as string;
  };
  const placing = abreast(buyers, 10, async (buyer) => {
    const answers = await Promise.all(Array.from({ length: COPIES }, () => place(buyer)));
    expect(new Set(answers).size).toBe(1);
    ids.add(answers[0] ?? '');
  });
  await eventually(
    () => ids.size,
    (size) => size > BUYERS / 4,
  );
  await Promise.all([system.replaceOne('api', 1), system.replaceOne('worker', 1)]);
  await system.replaceOne('worker', 2);
  await placing;

  const orders = await eventually(
    () => system.store.orders.list({ limit: 2 * BUYERS }),
    (all) => all.every(({ closedAt }) => closedAt !== null),
    60_000,
  );
  expect(orders.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted());
  const delivered = orders.filter(({ status }) => status === 'delivered').map(({ id }) => id);
  expect(delivered).toHaveLength(UNITS);
  expect(orders.filter(({ endReason }) => endReason?.code === 'out_of_stock')).toHaveLength(BUYERS - UNITS);
  expect(await system.charges()).toEqual(Object.fromEntries(delivered.map((id) => [id, 1])));
  // Each worker asks for it at its start.
  expect(await system.client.schedule.getHandle(RECONCILE_SCHEDULE).describe()).toMatchObject({
    scheduleId: RECONCILE_SCHEDULE,
  });
});
