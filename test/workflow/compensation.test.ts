import { describe, expect, it } from 'vitest';

import { recordHistory } from '../support/histories.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('compensating an order', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  it('charges nothing when it is cancelled within the grace before the charge', async () => {
    const id = await shop.place({ policy: { graceBeforeCharge: 20_000 } });
    const waiting = await shop.until(id, ({ fulfilment }) => fulfilment === 'reserved');
    expect(waiting.waits).toMatchObject([{ step: 'charge', lastError: null }]);
    await shop.handle(id).cancel();

    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'none',
      fulfilment: 'released',
    });
    expect(await shop.intents(id)).toEqual([]);
    await recordHistory(shop.handle(id), 'cancelled-in-grace');
  });

  it('waits for a running charge, then refunds it', async () => {
    await shop.fault('payment_intents.confirm', 'slow', 1, 1_000);
    const id = await shop.place();
    await shop.until(id, ({ intentId }) => intentId !== null);
    await shop.handle(id).cancel();

    const order = await shop.closed(id);
    expect(order).toMatchObject({ status: 'cancelled', payment: 'refunded', fulfilment: 'released' });
    const types = await shop.eventTypes(id);
    expect(types.indexOf('payment.captured')).toBeLessThan(types.indexOf('cancellation.accepted'));
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded' }]);
    await recordHistory(shop.handle(id), 'cancelled-in-charge');
  });

  it('cancels the intent of a charge whose outcome was lost before the work', async () => {
    await shop.fault('payment_intents.confirm', 'drop_before', 100);
    const id = await shop.place();
    await shop.until(id, ({ attention }) => attention.length > 0);
    await shop.clearFaults();
    await shop.answer(id, 'charge', 'fail');

    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'voided',
      fulfilment: 'released',
    });
    expect(await shop.intents(id)).toMatchObject([{ status: 'canceled' }]);
  });

  it('finds a charge whose answer was lost after the work, and does not charge again', async () => {
    await shop.fault('payment_intents.confirm', 'drop_after', 1);
    const id = await shop.place();
    await shop.label(id);
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded' }]);
    expect((await shop.eventTypes(id)).filter((type) => type === 'payment.captured')).toHaveLength(1);
    await shop.handle(id).cancel();
    await shop.closed(id);
  });

  it('comes too late when the carrier has the parcel: the order continues without a refund', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    // The carrier picks up, and its webhook has not come yet.
    await shop.ask('POST', `/sandbox/shipments/${trackingNumber}/events`, { type: 'shipment.picked_up' });
    await shop.handle(id).cancel();

    const shipped = await shop.until(id, ({ status }) => status === 'shipped');
    expect(shipped).toMatchObject({ payment: 'captured', fulfilment: 'shipped' });
    expect(await shop.eventTypes(id)).toEqual(
      expect.arrayContaining(['cancellation.accepted', 'cancellation.refused']),
    );
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({
      status: 'delivered',
      payment: 'captured',
      endReason: null,
    });
    await recordHistory(shop.handle(id), 'cancelled-too-late');
  });

  it('comes too late when the parcel is known to be in transit', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await shop.carrierSays(trackingNumber, 'shipment.picked_up');
    await shop.handle(id).cancel();
    await shop.carrierSays(trackingNumber, 'shipment.delivered');

    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', payment: 'captured' });
    const order = await shop.store.orders.get(id);
    // Whether it is told of the pick-up depends on how soon the delivery is reported.
    const others = shop.inbox.kindsTo(emailOf(order)).filter((kind) => kind !== 'shipped');
    expect(others.toSorted()).toEqual(['confirmation', 'delivery']);
  });

  it('keeps an order whose payment succeeded although its window had passed', async () => {
    await shop.fault('payment_intents.confirm', 'drop_after', 1);
    const id = await shop.place({
      policy: { reservationTtl: 4_000, retry: { attempts: 1, initial: 50, max: 200 } },
    });
    const trackingNumber = await shop.label(id);

    expect(await shop.store.orders.get(id)).toMatchObject({
      status: 'confirmed',
      payment: 'captured',
      endReason: null,
    });
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
    await recordHistory(shop.handle(id), 'paid-too-late');
  });

  it('keeps retrying the refund, opens an attention, and ends when the gateway is back', async () => {
    await shop.fault('refunds.create', '500', 4);
    const id = await shop.place({ postalCode: '00000' });
    const stuck = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(stuck).toMatchObject({
      status: 'cancelling',
      payment: 'captured',
      attention: [{ kind: 'parked', step: 'charge' }],
    });

    // The stored failure is replayed under the same key until an operator retries with a fresh one.
    await shop.clearFaults();
    await shop.answer(id, 'charge', 'retry');
    expect(await shop.closed(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      attention: [],
      waits: [],
    });
    await recordHistory(shop.handle(id), 'refund-parked');
  });

  it('ends by itself when only the connection was bad', async () => {
    await shop.fault('refunds.create', 'drop_before', 10_000);
    const id = await shop.place({ postalCode: '00000' });
    await shop.until(id, ({ attention }) => attention.length > 0);
    await shop.clearFaults();
    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded', attention: [] });
  });

  it('refuses to give up a compensation', async () => {
    await shop.fault('refunds.create', 'drop_before', 1000);
    const id = await shop.place({ postalCode: '00000' });
    await shop.until(id, ({ attention }) => attention.length > 0);
    await expect(shop.answer(id, 'charge', 'fail')).rejects.toThrow('illegal_resolution');
    await shop.clearFaults();
    await shop.closed(id);
  });
});
