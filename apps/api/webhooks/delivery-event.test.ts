import { describe, expect, it } from 'vitest';

import { readDeliveryEvent } from './delivery-event.js';

const event = { type: 'shipment.delivered', trackingNumber: 'T-1', occurredAt: '2026-01-01T12:00:00+01:00' };
const read = (body: unknown, eventId = 'evt_1') =>
  readDeliveryEvent(Buffer.from(JSON.stringify(body)), eventId);

describe("a carrier's event", () => {
  it('is known by its header, and its time is read with its offset', () => {
    expect(read(event)).toEqual({
      isKnown: true,
      event: {
        eventId: 'evt_1',
        type: 'shipment.delivered',
        trackingNumber: 'T-1',
        occurredAt: new Date('2026-01-01T11:00:00Z'),
      },
    });
  });

  it('may have more fields than we read', () => {
    expect(read({ ...event, weight: 3 })).toMatchObject({ event: { trackingNumber: 'T-1' } });
  });

  it('bears our reference, or none', () => {
    expect(read({ ...event, reference: 'R-1' })).toMatchObject({ event: { reference: 'R-1' } });
    expect(read({ ...event, reference: null })).toEqual(read(event));
    expect(() => read({ ...event, reference: '' })).toThrow('invalid_request');
  });

  it('is kept by its type and parcel when its type is unknown, whatever its other fields', () => {
    expect(read({ ...event, type: 'shipment.weighed' })).toEqual({
      isKnown: false,
      event: {
        eventId: 'evt_1',
        type: 'shipment.weighed',
        trackingNumber: 'T-1',
        occurredAt: new Date('2026-01-01T11:00:00Z'),
      },
    });
    for (const more of [{}, { trackingNumber: 7, occurredAt: 'yesterday' }, { trackingNumber: 'T\0' }]) {
      expect(read({ type: 'shipment.weighed', ...more })).toEqual({
        isKnown: false,
        event: expect.objectContaining({ trackingNumber: null, occurredAt: expect.any(Date) }),
      });
    }
  });

  it.each([
    ['no type', {}],
    ['a type that no log can hold', { ...event, type: 'a\0' }],
    ['no tracking number', { ...event, trackingNumber: undefined }],
    ['NUL in the tracking number', { ...event, trackingNumber: 'T\0' }],
    ['no time', { ...event, occurredAt: 'yesterday' }],
    ['a time that PostgreSQL cannot hold', { ...event, occurredAt: '0000-01-01T00:00:00Z' }],
    ['a time far ahead', { ...event, occurredAt: '3000-01-01T00:00:00Z' }],
    ['a list', [event]],
  ])('is refused with %s', (_, body) => {
    expect(() => read(body)).toThrow('invalid_request');
  });

  it('is refused when it is no JSON, or its id is too long to keep', () => {
    expect(() => readDeliveryEvent(Buffer.from('{'), 'evt_1')).toThrow('malformed_body');
    for (const body of [event, { type: 'shipment.weighed' }]) {
      expect(() => read(body, 'e'.repeat(256))).toThrow(
        expect.objectContaining({
          code: 'invalid_request',
          errors: [expect.objectContaining({ pointer: '/webhook-id' })],
        }),
      );
    }
  });
});
