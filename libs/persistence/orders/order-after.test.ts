import { expect, it } from 'vitest';

import { orderAfter } from './order-after.js';

const ORDER = {
  version: 3,
  status: 'pending',
  payment: 'none',
  fulfilment: 'none',
  attempt: 1,
  booked: {},
  decline: null,
  intentId: null,
  intentStatus: null,
} as const;
const event = { type: 'noted', actor: 'workflow' } as const;

it('an order is known after a change of its states and its intent', () => {
  const reserved = { ...ORDER, version: 4, fulfilment: 'reserved' };
  expect(orderAfter(ORDER, { event, next: { fulfilment: 'reserved' } })).toEqual(reserved);
  expect(orderAfter(ORDER, { event, intentId: 'pi_1' })).toEqual({ ...ORDER, version: 4, intentId: 'pi_1' });
});

it('an order is to be read again after any other change', () => {
  expect(() => orderAfter(ORDER, { event, posts: [] })).toThrow('after a change that has posts');
});
