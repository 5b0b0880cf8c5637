import { describe, expect, it } from 'vitest';

import { progressOf } from './parcel.js';

const parcel = (id: string, status: string) => ({ id, status, trackingNumber: `TRK-${id}` });

describe("a parcel's own status", () => {
  it.each([
    ['label_created', 'shipment.picked_up', 'picked_up'],
    ['picked_up', 'shipment.delivery_failed', 'delivery_failed'],
    ['picked_up', 'shipment.picked_up', null],
    ['delivered', 'shipment.in_transit', null],
    ['delivered', 'shipment.returned', 'returned'],
    // An unknown status has no rank: every status after it is news.
    ['cancelled', 'shipment.picked_up', 'picked_up'],
  ] as const)('%s: %s makes it %s', (status, type, becomes) => {
    const progress = progressOf([parcel('1', status)], type, 'TRK-1');
    expect(progress).toEqual(becomes === null ? null : { id: '1', status: becomes });
  });

  it('is that of the parcel with the number, else of the last one', () => {
    const parcels = [parcel('1', 'label_created'), parcel('2', 'label_created')];
    expect(progressOf(parcels, 'shipment.picked_up', 'TRK-1')).toMatchObject({ id: '1' });
    expect(progressOf(parcels, 'shipment.picked_up', 'TRK-of-the-carrier')).toMatchObject({ id: '2' });
    expect(progressOf([], 'shipment.picked_up', 'TRK-1')).toBeNull();
  });
});
