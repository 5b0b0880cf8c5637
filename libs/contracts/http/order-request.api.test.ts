import { describe, expect, it } from 'vitest';

import { PlaceOrder } from './order-request.api.js';

const order = {
  customer: { name: 'Ada', email: 'ada@example.com' },
  shippingAddress: { line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10827', country: 'DE' },
  currency: 'EUR',
  lines: [{ sku: 'MUG', quantity: 1 }],
  payment: { method: 'pm_card_visa' },
};
const customer = (name: string) => ({ customer: { ...order.customer, name } });
const line = (fields: object) => ({ lines: [{ sku: 'MUG', quantity: 1, ...fields }] });

describe('the body of POST /orders', () => {
  it.each([
    ['as little as it can', {}],
    ['a name in any script', customer('Ægir 太郎 😀')],
    ['a billing address', { billingAddress: order.shippingAddress }],
    ['a hundred lines', { lines: Array.from({ length: 100 }, (_, n) => ({ sku: `S${n}`, quantity: 1000 })) }],
    ['no postal code where there is none', { shippingAddress: { line1: '1', city: 'Doha', country: 'QA' } }],
    [
      'a state',
      { shippingAddress: { line1: '1', city: 'A', region: 'VA', postalCode: '22162', country: 'US' } },
    ],
    ['an expected total of nothing', { expectedTotal: 0 }],
  ])('may hold %s', (_, change) => {
    expect(PlaceOrder.safeParse({ ...order, ...change }).success).toBe(true);
  });

  it.each([
    ['NUL', customer('a\0b')],
    ['a line break', customer('a\nb')],
    ['half of a surrogate pair', customer('a\ud800')],
    ['a blank name', customer('  ')],
    ['a name without end', customer('a'.repeat(201))],
    ['no address of a mailbox', { customer: { name: 'Ada', email: 'ada' } }],
    ['a country by name', { shippingAddress: { ...order.shippingAddress, country: 'Germany' } }],
    ['UK for a country', { shippingAddress: { ...order.shippingAddress, country: 'UK' } }],
    ['no postal code', { shippingAddress: { line1: '1', city: 'Berlin', country: 'DE' } }],
    ['a postal code of another country', { shippingAddress: { ...order.shippingAddress, postalCode: 'N1' } }],
    ['no state', { shippingAddress: { line1: '1', city: 'A', postalCode: '22162', country: 'US' } }],
    ['a currency in small letters', { currency: 'eur' }],
    ['no lines', { lines: [] }],
    ['more than a hundred lines', { lines: Array.from({ length: 101 }, () => order.lines[0]) }],
    ['a SKU with a space', line({ sku: 'A B' })],
    ['half a mug', line({ quantity: 0.5 })],
    ['no mugs', line({ quantity: 0 })],
    ['too many mugs', line({ quantity: 1001 })],
    ['a quantity in words', line({ quantity: '1' })],
    ['a payment method that is no token', { payment: { method: 'pm card' } }],
    ['a negative total', { expectedTotal: -1 }],
    ['null for what is left out', { billingAddress: null }],
    ['an unknown field', { coupon: 'X' }],
  ])('may not hold %s', (_, change) => {
    expect(PlaceOrder.safeParse({ ...order, ...change }).success).toBe(false);
  });

  it('keeps an email address in its one form', () => {
    const sent = { ...order, customer: { name: 'Ada', email: 'ada@xn--e1afmkfd.xn--p1ai' } };
    expect(PlaceOrder.parse(sent).customer.email).toBe('ada@пример.рф');
  });

  it('reports the faults of an address beside other faults', () => {
    const shippingAddress = { line1: ' ', city: 'A', postalCode: '2', country: 'US' };
    const { error } = PlaceOrder.safeParse({ ...order, shippingAddress });
    expect(error?.issues.map(({ path }) => path.join('.')).toSorted()).toEqual([
      'shippingAddress.line1',
      'shippingAddress.postalCode',
      'shippingAddress.region',
    ]);
  });
});
