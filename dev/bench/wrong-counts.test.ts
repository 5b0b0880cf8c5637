import { expect, test } from 'vitest';

import { wrongCounts } from './wrong-counts.js';

const NOTHING = { orders: 0, delivered: 0, closed: 0, captured: 0, shipments: 0, attention: 0 };
const TEN = { orders: 10, delivered: 10, closed: 10, captured: 10, shipments: 10, attention: 0 };

test('ten orders leave ten rows of each kind, and twenty mails', () => {
  expect(wrongCounts({ load: 'orders', count: 10, before: NOTHING, after: TEN, mails: 20 })).toEqual([]);
});

test('bare workflows leave no rows', () => {
  expect(wrongCounts({ load: 'bare', count: 10, before: TEN, after: TEN, mails: 0 })).toEqual([]);
});

test('an order that was charged and not delivered, and its mail, are named', () => {
  const after = { ...TEN, delivered: 9, closed: 9 };
  expect(wrongCounts({ load: 'orders', count: 10, before: NOTHING, after, mails: 19 })).toEqual([
    'delivered: 9, expected 10',
    'closed: 9, expected 10',
    'mails: 19, expected 20',
  ]);
});
