import { describe, expect, it } from 'vitest';

import { type KnownParcel, matchParcel, type ParcelMatch } from './parcel-match.js';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
const parcel = (orderId: string, minute: number, isInTransit: boolean): KnownParcel => ({
  orderId,
  askedAt: at(minute),
  isInTransit,
});
const of = (orderId: string): ParcelMatch => ({ is: 'parcel', orderId });
const UNKNOWN: ParcelMatch = { is: 'unknown' };

const arrived = parcel('arrived', 10, false);
const under = parcel('under-way', 20, true);

describe('an event of a tracking number', () => {
  it.each<[string, number, readonly KnownParcel[], ParcelMatch]>([
    ['that no order has', 30, [], UNKNOWN],
    ['of one parcel', 30, [under], of('under-way')],
    ['of one parcel that has arrived', 30, [arrived], of('arrived')],
    ['of one parcel, by a clock that is behind', 5, [under], of('under-way')],
    ['that was given out again', 30, [arrived, under], of('under-way')],
    ['that was given out again, in another order', 30, [under, arrived], of('under-way')],
    ['from the time before it was given out again', 15, [arrived, under], of('arrived')],
    ['at the moment it was given out again', 20, [arrived, under], of('under-way')],
    ['that was given out again, by a clock that is far behind', 5, [arrived, under], of('under-way')],
    ['of two that have arrived', 30, [arrived, parcel('later', 20, false)], of('later')],
    ['of two, from the time of the first', 15, [arrived, parcel('later', 20, false)], of('arrived')],
    [
      'of two that travel',
      30,
      [parcel('a', 10, true), under],
      { is: 'ambiguous', orderIds: ['a', 'under-way'] },
    ],
    ['of two that travel, before there was the second', 15, [parcel('a', 10, true), under], of('a')],
  ])('%s', (_, minute, parcels, expected) => {
    expect(matchParcel({ reference: null, occurredAt: at(minute), isLabelPending: false }, parcels)).toEqual(
      expected,
    );
  });
});

describe('an event of a tracking number, while the number of another label is not known,', () => {
  it.each<[string, readonly KnownParcel[], ParcelMatch]>([
    ['waits where the parcel that has the number has arrived', [arrived], UNKNOWN],
    ['waits where all have arrived', [arrived, parcel('later', 20, false)], UNKNOWN],
    ['is of the parcel in transit that has the number', [arrived, under], of('under-way')],
  ])('%s', (_, parcels, expected) => {
    const clue = { reference: null, occurredAt: at(30), isLabelPending: true };
    expect(matchParcel(clue, parcels)).toEqual(expected);
  });
});

describe('an event that bears our reference', () => {
  const match = (reference: string, minute: number) =>
    matchParcel({ reference, occurredAt: at(minute), isLabelPending: true }, [
      arrived,
      under,
      parcel('a', 10, true),
    ]);

  it('is of that parcel, even if others have the number, and whenever it happened', () => {
    expect(match('a', 30)).toEqual(of('a'));
    expect(match('arrived', 30)).toEqual(of('arrived'));
    expect(match('under-way', 5)).toEqual(of('under-way'));
  });

  it('is of no parcel of ours where its reference is another', () => {
    expect(match('another-shops', 30)).toEqual(UNKNOWN);
  });
});
