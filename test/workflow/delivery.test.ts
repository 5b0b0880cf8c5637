import { describe, expect, it } from 'vitest';

import { shipmentReported } from '#libs/contracts/workflows/order-workflow';

import { recordHistory } from '../support/histories.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('waiting for the delivery', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  /** Retries for as long as a fault lasts, and parks no step. */
  const tireless = { retry: { attempts: 10_000, initial: 100, max: 200 } };

  it('shows what is waited for, and until when', async () => {
    const id = await shop.place();
    await shop.label(id);
    const { waits } = await shop.store.orders.get(id);
    expect(waits).toMatchObject([{ step: 'deliver', attempt: 0, nextTryAt: null, lastError: null }]);
    expect(Date.parse(waits[0]?.deadline ?? '') - Date.parse(waits[0]?.since ?? '')).toBe(60_000);
    await shop.handle(id).cancel();
    await shop.closed(id);
  });

  it('asks the carrier when the deadline has passed, and applies its answer', async () => {
    await shop.fault('shipments.lookup', '500', 10_000);
    const id = await shop.place({ policy: { deliveryDeadline: 300, ...tireless } });
    const trackingNumber = await shop.label(id);
    // Delivered, and every webhook of it was lost.
    await shop.ask('POST', `/sandbox/shipments/${trackingNumber}/events`, { type: 'shipment.delivered' });
    await shop.clearFaults();
    expect(await shop.closed(id)).toMatchObject({
      status: 'delivered',
      fulfilment: 'delivered',
      attention: [],
    });
    expect(await shop.eventTypes(id)).not.toContain('order.parked');
    await recordHistory(shop.handle(id), 'delivered-by-lookup');
  });

  it('opens an attention when the carrier has no report either, and keeps waiting', async () => {
    const id = await shop.place({ policy: { deliveryDeadline: 400 } });
    const trackingNumber = await shop.label(id);
    const overdue = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(overdue).toMatchObject({
      status: 'confirmed',
      attention: [{ kind: 'delivery_overdue', step: 'deliver', reason: 'deadline_passed' }],
    });
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', attention: [] });
    await recordHistory(shop.handle(id), 'delivered-overdue');
  });

  it('ends when an operator reports that the parcel has arrived', async () => {
    const id = await shop.place({ policy: { deliveryDeadline: 400 } });
    await shop.label(id);
    await shop.answer(id, 'deliver', 'skip');
    const order = await shop.closed(id);
    expect(order).toMatchObject({
      status: 'delivered',
      payment: 'captured',
      fulfilment: 'delivered',
      endReason: null,
    });
    expect(shop.inbox.subjectsTo(emailOf(order))).toContain(`Your order ${order.number} has been delivered`);
  });

  it('does not believe a failed delivery that is not in the books: no refund, but an attention', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await shop.handle(id).signal(shipmentReported, { eventId: 'evt_forged', state: 'returned' });
    const doubted = await shop.until(id, ({ attention }) => attention.length > 0);
    expect(doubted).toMatchObject({
      status: 'confirmed',
      payment: 'captured',
      fulfilment: 'ready',
      closedAt: null,
      attention: [{ kind: 'parked', step: 'charge', reason: 'bug' }],
    });
    await shop.carrierSays(trackingNumber, 'shipment.returned');
    await shop.answer(id, 'charge', 'retry');
    expect(await shop.closed(id)).toMatchObject({ status: 'undelivered', payment: 'refunded' });
  });

  it('takes events that are repeated, reordered or late as they are: each once, none backwards', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    const stock = await shop.stock('MUG-BLUE');
    await shop.carrierSays(trackingNumber, 'shipment.delivered', 'evt_delivered');
    await shop.carrierSays(trackingNumber, 'shipment.delivered', 'evt_delivered');
    await shop.carrierSays(trackingNumber, 'shipment.delivered', 'evt_delivered_again');
    await shop.carrierSays(trackingNumber, 'shipment.picked_up', 'evt_late');
    await shop.closed(id);
    await shop.carrierSays(trackingNumber, 'shipment.in_transit', 'evt_after_the_end');

    expect(await shop.store.orders.get(id)).toMatchObject({
      status: 'delivered',
      shipments: [{ status: 'delivered' }],
      attention: [],
    });
    expect(await shop.stock('MUG-BLUE')).toEqual({ onHand: stock.onHand - 2, reserved: stock.reserved - 2 });
  });

  it('opens an attention, and changes no status, when an event contradicts the end', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
    await shop.carrierSays(trackingNumber, 'shipment.returned');

    expect(await shop.store.orders.get(id)).toMatchObject({
      status: 'delivered',
      fulfilment: 'returned',
      payment: 'captured',
      attention: [{ kind: 'contradicting_event', reason: 'shipment.returned' }],
    });
  });

  it('flags a cancelled order whose parcel is in transit all the same', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await shop.handle(id).cancel();
    await shop.closed(id);
    await shop.carrierSays(trackingNumber, 'shipment.picked_up');

    expect(await shop.store.orders.get(id)).toMatchObject({
      status: 'cancelled',
      payment: 'refunded',
      fulfilment: 'released',
      attention: [{ kind: 'contradicting_event', reason: 'shipment.picked_up' }],
    });
  });

  it('applies an event that came before its parcel was known', async () => {
    await shop.fault('shipments.create', 'drop_after', 1);
    // Until the carrier can be asked about the label, its number is not known.
    await shop.fault('shipments.lookup', '500', 10_000);
    const id = await shop.place({ policy: tireless });
    const [parcel] = await shop.parcels(id);
    if (!parcel) throw new Error('the carrier has no parcel');
    await shop.carrierSays(parcel.trackingNumber, 'shipment.picked_up');
    await shop.carrierSays(parcel.trackingNumber, 'shipment.delivered');
    await shop.clearFaults();

    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', fulfilment: 'delivered' });
  });
});
