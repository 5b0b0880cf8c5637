import { beforeEach, describe, expect, it } from 'vitest';

import type { CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';
import { CarrierClient } from '#libs/shipping/carrier.client';
import type { Parcel } from '#libs/shipping/carrier';

import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

/** A carrier whose answer to a label is unreadable, although it made the label. */
class Mumbling extends CarrierClient {
  isUnderstood = true;

  override async createShipment(request: Parameters<CarrierClient['createShipment']>[0]): Promise<Parcel> {
    const parcel = await super.createShipment(request);
    if (!this.isUnderstood) throw new TypeError('what?');
    return parcel;
  }

  override async findShipment(reference: OrderId): Promise<Parcel | null> {
    const parcel = await super.findShipment(reference);
    // Neither is its answer about a label whose parcel was not picked up.
    if (!this.isUnderstood && parcel?.status === 'label_created') throw new TypeError('what?');
    return parcel;
  }
}

describe('a tracking number that the carrier issues again', () => {
  let shop: WorkflowHarness;
  let carrier: Mumbling;
  let number: string;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    {
      ports: (real, { gatewayOptions: { apiUrl, timeout } }) => {
        carrier = new Mumbling({ url: `${apiUrl}/carrier`, timeout });
        return { ...real, carrier };
      },
    },
  );
  let count = 0;
  beforeEach(() => {
    carrier.isUnderstood = true;
    number = `AGAIN-${++count}`;
  });

  /** An order whose parcel has the number. */
  const labelled = async (): Promise<OrderId> => {
    await shop.ask('PUT', '/sandbox/tracking-numbers', { next: number });
    const id = await shop.place({ policy: { retry: { attempts: 1_000, initial: 50, max: 200 } } });
    expect(await shop.label(id)).toBe(number);
    return id;
  };
  let events = 0;
  const says = async (
    type: CarrierEventType,
    { reference, occurredAt = new Date() }: { reference?: OrderId; occurredAt?: Date } = {},
  ) => {
    const eventId = `evt_number_${++events}`;
    const report = await shop.store.inbox.receive({
      eventId,
      type,
      trackingNumber: number,
      reference,
      occurredAt,
    });
    if (report !== null && report !== 'unmatched') await shop.runs.reportShipment(report);
    return (await shop.database.inboxEvent.findFirstOrThrow({ where: { eventId } })).verdict;
  };
  const order = (id: OrderId) => shop.store.orders.get(id);

  it('is the second parcel’s once the first has arrived; late events stay the first one’s', async () => {
    const first = await labelled();
    await says('shipment.delivered');
    const arrived = new Date();
    await shop.closed(first);

    const second = await labelled();
    expect(await order(second)).toMatchObject({ status: 'confirmed', fulfilment: 'ready', attention: [] });
    await says('shipment.delivered', { occurredAt: arrived });
    expect(await order(second)).toMatchObject({ status: 'confirmed', fulfilment: 'ready' });
    await says('shipment.picked_up');
    expect(await order(second)).toMatchObject({ status: 'shipped', attention: [] });
    await says('shipment.delivered');
    expect(await shop.closed(second)).toMatchObject({ status: 'delivered', attention: [] });
    expect(await order(first)).toMatchObject({ status: 'delivered', attention: [] });
    expect((await shop.eventTypes(first)).filter((type) => type === 'shipment.picked_up')).toEqual([]);
  });

  it('is identified by our reference, although both are in transit', async () => {
    const first = await labelled();
    const second = await labelled();
    await says('shipment.delivered', { reference: second });
    expect(await order(second)).toMatchObject({ status: 'delivered' });
    expect(await order(first)).toMatchObject({ status: 'confirmed', fulfilment: 'ready' });
    await says('shipment.delivered', { reference: first });
    expect(await shop.closed(first)).toMatchObject({ status: 'delivered' });
    expect(await shop.closed(second)).toMatchObject({ status: 'delivered' });
    await shop.answer(first, 'deliver', 'acknowledge');
    await shop.answer(second, 'deliver', 'acknowledge');
  });

  it('moves neither while both are in transit without a reference; each gets one attention', async () => {
    const first = await labelled();
    const second = await labelled();
    expect(await says('shipment.delivered')).toBe('ambiguous');
    for (const id of [first, second]) {
      expect(await order(id)).toMatchObject({
        status: 'confirmed',
        fulfilment: 'ready',
        attention: [{ kind: 'tracking_conflict', step: 'deliver', reason: 'number_shared' }],
      });
      await shop.answer(id, 'deliver', 'acknowledge');
    }
    expect(await says('shipment.in_transit')).toBe('ambiguous');
    expect(await order(first)).toMatchObject({ status: 'confirmed', attention: [] });

    // Once the first has arrived, earlier events still match no order, and new events are the second's.
    await says('shipment.delivered', { reference: first });
    await shop.closed(first);
    await shop.sweeper.sweep();
    expect(await order(second)).toMatchObject({ status: 'confirmed', fulfilment: 'ready' });
    await says('shipment.delivered');
    expect(await shop.closed(second)).toMatchObject({ status: 'delivered', attention: [] });
  });

  it('is found by our reference where the event comes before the label is known', async () => {
    const first = await labelled();
    carrier.isUnderstood = false;
    await shop.ask('PUT', '/sandbox/tracking-numbers', { next: number });
    const second = await shop.place({ policy: { retry: { attempts: 1_000, initial: 50, max: 100 } } });
    await shop.until(second, ({ waits }) => waits.some(({ step }) => step === 'ship'));
    await says('shipment.picked_up', { reference: second });
    expect(await order(first)).toMatchObject({ status: 'confirmed' });
    await shop.until(second, ({ attention }) => attention.some(({ kind }) => kind === 'parked'));
    carrier.isUnderstood = true;
    await shop.answer(second, 'ship', 'retry');
    await shop.until(second, ({ status }) => status === 'shipped');
    for (const id of [first, second]) {
      await says('shipment.delivered', { reference: id });
      expect(await shop.closed(id)).toMatchObject({ status: 'delivered' });
      await shop.answer(id, 'deliver', 'acknowledge');
    }
  });

  it('prevents no compensation, even if the label was not stored', async () => {
    carrier.isUnderstood = false;
    const id = await shop.place({ policy: { retry: { attempts: 2, initial: 50, max: 100 } } });
    await shop.until(id, ({ attention }) => attention.some(({ step }) => step === 'ship'));
    expect(await order(id)).toMatchObject({ shipments: [] });
    expect(await shop.parcels(id)).toMatchObject([{ status: 'label_created' }]);
    carrier.isUnderstood = true;
    await shop.answer(id, 'ship', 'fail');
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      attention: [],
    });
    expect(await shop.parcels(id)).toMatchObject([{ status: 'cancelled' }]);
  });
});
