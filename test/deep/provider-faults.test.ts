import assert from 'node:assert/strict';

import { afterAll, describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';

import { acceptOrder, type Wanted } from '../support/orders.js';
import { ProviderDesk, ProviderDesks } from '../support/provider-desk.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** What an order of two mugs costs. */
const TOTAL = 3980;

/** The course of an order that needs a certain operation. */
interface Way {
  readonly wanted?: Wanted;
  /** A further fault that makes the operation necessary. */
  readonly besides?: { readonly operation: string; readonly fault: string };
  readonly onward?: (shop: WorkflowHarness, id: OrderId) => Promise<void>;
  readonly end: object;
  readonly books: Awaited<ReturnType<ProviderDesk['books']>>;
}

/** Milliseconds for three time-outs, on a machine that is busy. */
const PATIENCE = 50_000;

const labelled = (shop: WorkflowHarness, id: OrderId) =>
  shop.until(id, ({ shipments }) => shipments.length > 0, PATIENCE);

const deliver = async (shop: WorkflowHarness, id: OrderId) => {
  await labelled(shop, id);
  await shop.carrierSays(await shop.label(id), 'shipment.delivered');
};

const DELIVERED: Way = {
  onward: deliver,
  end: { status: 'delivered', payment: 'captured', fulfilment: 'delivered' },
  books: { charges: [TOTAL], openIntents: 0, refunds: [], parcels: ['label_created'] },
};

const WAYS: Readonly<Record<string, Way>> = {
  'payment_intents.create': DELIVERED,
  'payment_intents.confirm': DELIVERED,
  'shipments.create': DELIVERED,
  // In doubt whether there is a parcel, it is looked up at the carrier.
  'shipments.lookup': { ...DELIVERED, besides: { operation: 'shipments.create', fault: 'drop_after' } },
  'payment_intents.cancel': {
    wanted: { method: 'pm_card_visa_chargeDeclined' },
    end: { status: 'rejected', payment: 'voided', fulfilment: 'released' },
    books: { charges: [], openIntents: 0, refunds: [], parcels: [] },
  },
  'refunds.create': {
    wanted: { postalCode: '00000' },
    end: { status: 'cancelled', payment: 'refunded', fulfilment: 'released' },
    books: { charges: [TOTAL], openIntents: 0, refunds: [TOTAL], parcels: [] },
  },
  'shipments.cancel': {
    onward: async (shop, id) => {
      await labelled(shop, id);
      await shop.handle(id).cancel();
    },
    end: { status: 'cancelled', payment: 'refunded', fulfilment: 'released' },
    books: { charges: [TOTAL], openIntents: 0, refunds: [TOTAL], parcels: ['cancelled'] },
  },
};

const ANSWERS = [
  { says: 'answers 500', fault: '500' },
  { says: 'answers 429', fault: '429' },
  // After our time-out, and perhaps after a retry.
  { says: 'answers too slowly', fault: 'slow', delay: 2_500 },
  { says: 'never answers', fault: 'never' },
];

const ROWS = Object.entries(WAYS).flatMap(([operation, way]) =>
  ANSWERS.flatMap((answer) =>
    [1, 3].map(
      (times) =>
        [
          `${operation} ${answer.says} ${times === 1 ? 'once' : `${times} times`}`,
          { operation, way, answer, times },
        ] as const,
    ),
  ),
);

describe.concurrent('an order ends right, with its money and its parcel moved once, when', () => {
  const desks = new ProviderDesks();
  const used: { readonly desk: ProviderDesk; readonly books: Way['books'] }[] = [];
  let shop: WorkflowHarness;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    // Each desk is a gateway with books of its own.
    { ports: desks.ports, booksDiffer: true, concurrent: true },
  );
  afterAll(async () => {
    try {
      // An attempt that was given up may have continued; in the end it has changed nothing.
      for (const { desk, books } of used) assert.deepEqual(await desk.books(), books);
    } finally {
      for (const { desk } of used) await desk.close();
    }
  });

  it.each(ROWS)(
    '%s',
    async (_what, { operation, way, answer: { fault, delay }, times }) => {
      // A failure that the gateway has stored for a refund is retried with a new key only by an operator.
      const retries = operation === 'refunds.create' && fault === '500' ? times : 0;
      const desk = await ProviderDesk.open();
      used.push({ desk, books: way.books });
      await desk.script({ operation, fault, times, ...(delay === undefined ? {} : { delay }) });
      if (way.besides) await desk.script({ ...way.besides, times: 1 });
      const order = await acceptOrder(shop.store, {
        ...way.wanted,
        policy: { reservationTtl: 120_000, retry: { attempts: retries > 0 ? 4 : 20, initial: 50, max: 500 } },
      });
      desks.assign(order.id, desk);
      await shop.runs.start(order.id, order.policy);
      await way.onward?.(shop, order.id);
      for (let retry = 0; retry < retries; retry++) {
        await shop.answer(order.id, 'charge', 'retry');
      }
      await shop.until(order.id, ({ closedAt }) => closedAt !== null, PATIENCE);

      expect(await shop.closed(order.id)).toMatchObject({ ...way.end, waits: [], attention: [] });
      expect(await desk.books()).toEqual(way.books);
      // A slow call may be found done before it is repeated.
      if (fault === 'slow') expect(await desk.faultsLeft()).toBeLessThan(times);
      else expect(await desk.faultsLeft()).toBe(0);
    },
    2 * PATIENCE,
  );
});
