import { describe, expect, it } from 'vitest';

import { PlaceOrder } from '#libs/contracts/http/order-request.api';

import { fieldErrors, jsonPointer } from './field-errors.js';

describe('the faults of a request', () => {
  const pointersOf = (body: unknown) =>
    fieldErrors(PlaceOrder.safeParse(body).error?.issues ?? []).map((f) => f.pointer);

  it('point at each field that is wrong', () => {
    const pointers = pointersOf({ ...order, currency: 'eur', lines: [{ sku: 'MUG', quantity: 0 }] });
    expect(pointers).toEqual(['/currency', '/lines/0/quantity']);
  });

  it('point at an unknown field itself, at any depth', () => {
    const pointers = pointersOf({ ...order, extra: 1, customer: { ...order.customer, 'a/b~c': 1 } });
    expect(pointers).toEqual(['/customer/a~1b~0c', '/extra']);
  });

  it('count __proto__ as an unknown field', () => {
    const body: unknown = JSON.parse(`{"__proto__": {}, ${JSON.stringify(order).slice(1)}`);
    expect(pointersOf(body)).toEqual(['/__proto__']);
  });

  it('point at the whole body with an empty pointer', () => {
    expect(pointersOf(null)).toEqual(['']);
    expect(jsonPointer([])).toBe('');
  });

  it('are bounded in number', () => {
    const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, n]));
    expect(pointersOf({ ...order, ...fields })).toHaveLength(200);
  });
});

const order = {
  customer: { name: 'Ada', email: 'ada@example.com' },
  shippingAddress: { line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10827', country: 'DE' },
  currency: 'EUR',
  lines: [{ sku: 'MUG', quantity: 1 }],
  payment: { method: 'pm_card_visa' },
};
