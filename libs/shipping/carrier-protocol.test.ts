import { describe, expect, it } from 'vitest';

import { cancellationSchema, carrierEventSchema, shipmentSchema } from './carrier-protocol.js';

const shipment = { carrier: 'Parcel Service', trackingNumber: 'PS1', status: 'label_created' };

describe('the page at which a shopper follows a parcel', () => {
  it.each(['https://parcels.example/track?n=PS1', 'http://parcels.example/PS1'])(
    'may be %s',
    (trackingUrl) => {
      expect(shipmentSchema.parse({ ...shipment, trackingUrl }).trackingUrl).toBe(trackingUrl);
    },
  );

  it.each([
    undefined,
    null,
    '',
    'PS1',
    'javascript:alert(1)',
    'data:text/html,x',
    `https://parcels.example/${'x'.repeat(2_000)}`,
    7,
  ])('counts as none when it is %s, and stops no parcel', (trackingUrl) => {
    expect(shipmentSchema.parse({ ...shipment, trackingUrl })).toEqual({ ...shipment, trackingUrl: null });
  });
});

it('may write what it leaves out as null', () => {
  expect(shipmentSchema.parse({ ...shipment, reference: null }).reference).toBeUndefined();
  expect(cancellationSchema.parse({ reference: null, status: null }).reference).toBeUndefined();
  const event = { type: 'shipment.delivered', trackingNumber: 'PS1', occurredAt: '2026-01-03T12:00:00Z' };
  expect(carrierEventSchema.parse({ ...event, reference: null }).reference).toBeUndefined();
});
