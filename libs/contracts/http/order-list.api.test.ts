import { describe, expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';

import { encodeCursor, ListOrders } from './order-list.api.js';

const last = {
  order: 'oldest',
  at: new Date('2026-11-22T10:00:00.123Z'),
  id: orderId('019b7654-0000-7000-8000-000000000001'),
} as const;

describe('the query of GET /orders', () => {
  it('has a page size when none is requested', () => {
    expect(ListOrders.parse({})).toEqual({ limit: 20 });
  });

  it('takes one status, or several by repeating it', () => {
    expect(ListOrders.parse({ status: 'pending' })).toMatchObject({ status: ['pending'] });
    expect(ListOrders.parse({ status: ['pending', 'shipped'] })).toMatchObject({
      status: ['pending', 'shipped'],
    });
  });

  it('accepts the cursor that it issued', () => {
    expect(ListOrders.parse({ cursor: encodeCursor(last), limit: '5' })).toEqual({ cursor: last, limit: 5 });
  });

  it('takes times with an offset, and numbers and addresses as people write them', () => {
    expect(
      ListOrders.parse({
        createdFrom: '2026-11-22T11:00:00+01:00',
        createdTo: '2026-11-22T10:00:00.5Z',
        number: 'r-7k3m-92qd',
        email: 'Ada@Example.com',
      }),
    ).toEqual({
      createdFrom: new Date('2026-11-22T10:00:00Z'),
      createdTo: new Date('2026-11-22T10:00:00.500Z'),
      number: 'R-7K3M-92QD',
      email: 'Ada@Example.com',
      limit: 20,
    });
  });

  it.each([
    ['ada@xn--e1afmkfd.xn--p1ai', 'ada@пример.рф'],
    ['ada@пример.рф', 'ada@пример.рф'],
    // Taken by other rules than today's.
    ['"ada"@example.com', '"ada"@example.com'],
  ])('finds %s in the form in which addresses are kept', (email, kept) => {
    expect(ListOrders.parse({ email }).email).toBe(kept);
  });

  it('takes a cursor the other way round', () => {
    const query = { cursor: encodeCursor(last), order: 'newest' };
    expect(ListOrders.parse(query)).toEqual({ cursor: last, order: 'newest', limit: 20 });
  });

  it.each([
    ['0000-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59-23:59', '9999-12-31T00:00:00Z'],
  ])('takes %s for the nearest time that an order may be placed at', (createdFrom, nearest) => {
    expect(ListOrders.parse({ createdFrom })).toMatchObject({ createdFrom: new Date(nearest) });
  });

  it.each([
    { cursor: '' },
    { cursor: 'abc' },
    { cursor: `${encodeCursor(last)}=` },
    { cursor: `oldest.99999999999999.${last.id}` },
    { cursor: `oldest.01.${last.id}` },
    { cursor: `any.1.${last.id}` },
    { cursor: 'oldest.1.x' },
    { email: 'a@b@example.com' },
    { email: `${'a'.repeat(251)}@b.c` },
    { order: 'dearest' },
    { payment: 'paid' },
    { fulfilment: 'sent' },
    { email: 'nobody' },
    { sku: 'a b' },
    { customer: 'a\u0000b' },
    { trackingNumber: 'a\u0000b' },
    { number: '\ud800' },
    { createdFrom: '2026-11-22' },
    { createdTo: '2026-11-22T10:00:00' },
    { createdFrom: ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00Z'] },
    { limit: '0' },
    { limit: '101' },
    { limit: '1.5' },
    { limit: '1e1' },
    { limit: ' 1' },
    { limit: '0x5' },
    { limit: 'many' },
    { limit: ['1', '2'] },
    { status: 'lost' },
    { status: ['pending', 'lost'] },
    { status: 'pending,shipped' },
    { status: Array(9).fill('pending') },
    { waitingFor: 'payment' },
    { waitingFor: ['charge', 'ship'] },
    { lastError: 'Carrier unavailable' },
    { attentionKind: 'open' },
    { endReason: 'bored' },
    { updatedSince: 'yesterday' },
    { attention: 'closed' },
    { page: '2' },
  ])('refuses %o', (query) => {
    expect(ListOrders.safeParse(query).success).toBe(false);
  });
});
