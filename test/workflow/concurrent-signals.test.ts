import { describe, expect, it } from 'vitest';

import { shipmentReported } from '#libs/contracts/workflows/order-workflow';
import type { CarrierEventType } from '#libs/domain/fulfilment/carrier-event';

import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** How long a crowd may take on a machine that is busy, in milliseconds. */
const PATIENCE = 90_000;

describe('for one order, a crowd of', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  it(
    '200 events of its parcel, repeated, shuffled and contradicting, leads to one end and a short history',
    async () => {
      const id = await shop.place();
      const trackingNumber = await shop.label(id);
      const types: readonly CarrierEventType[] = [
        'shipment.picked_up',
        'shipment.in_transit',
        'shipment.delivery_failed',
        'shipment.delivered',
        'shipment.returned',
      ];
      // Forty carrier events of each kind, in another order each time, each with its own id.
      await Promise.all(
        Array.from({ length: 200 }, (_, n) => types[(n * 7 + Math.floor(n / 5)) % types.length])
          .filter((type) => type !== undefined)
          .map((type) => shop.carrierSays(trackingNumber, type)),
      );
      const order = await shop.until(id, ({ status }) => status === 'delivered' || status === 'undelivered');

      const result = await shop.handle(id).result();
      expect(await shop.closed(id)).toMatchObject({ status: result });
      expect(result).toBe(order.status);
      const { events } = await shop.handle(id).fetchHistory();
      expect(events?.length).toBeLessThan(300);
    },
    PATIENCE,
  );

  it(
    '200 equal signals change nothing after the first',
    async () => {
      const id = await shop.place();
      const trackingNumber = await shop.label(id);
      await shop.carrierSays(trackingNumber, 'shipment.picked_up');
      await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          shop.handle(id).signal(shipmentReported, { eventId: `evt_again_${n % 10}`, state: 'shipped' }),
        ),
      );
      await shop.carrierSays(trackingNumber, 'shipment.delivered');

      expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
      const { events } = await shop.handle(id).fetchHistory();
      const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes).length;
      expect(events?.length).toBeLessThan(1_000);
      expect(tasks).toBeLessThan(250);
      expect(await shop.intents(id)).toHaveLength(1);
    },
    PATIENCE,
  );
});
