import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { Workshop } from '../support/workshop.js';

describe('how an order ends', () => {
  let shop: Workshop;
  beforeAll(async () => {
    shop = await Workshop.open();
  });
  afterEach(async () => {
    await shop.clearFaults();
  });
  afterAll(async () => {
    await shop.checkInvariants();
    await shop.close();
  });

  it('is delivered: charged once, one parcel, two mails, goods gone from stock', async () => {
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await shop.carrierSays(trackingNumber, 'shipment.picked_up');
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    const order = await shop.closed(id);

    expect(order).toMatchObject({
      status: 'delivered',
      payment: 'captured',
      fulfilment: 'delivered',
      endReason: null,
      waits: [],
      attention: [],
      shipments: [{ trackingNumber, status: 'delivered' }],
    });
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    expect(shop.inbox.subjectsTo(order.customer.email)).toEqual([
      `Your order ${order.number} is confirmed`,
      `Your order ${order.number} has been delivered`,
    ]);
    expect(await shop.eventTypes(id)).toEqual([
      'order.accepted',
      'inventory.reserved',
      'payment.intent_created',
      'payment.captured',
      'shipment.created',
      'email.sent',
      'shipment.picked_up',
      'shipment.delivered',
      'email.sent',
      'order.closed',
    ]);
  });
});
