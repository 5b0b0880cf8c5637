import { describe, expect, it } from 'vitest';

import { orderId } from '#libs/order/order-id';

import { encodeCursor, ListOrders } from './order-list.api.js';

const last = orderId('019b7654-0000-7000-8000-000000000001');

describe('the query of GET /orders', () => {
  it('has a page size when none is asked for', () => {
    expect(ListOrders.parse({})).toEqual({ limit: 20 });
  });

  it('takes back the cursor that was given', () => {
    expect(ListOrders.parse({ cursor: encodeCursor(last), limit: '5' })).toEqual({ cursor: last, limit: 5 });
  });

  it.each([
    { cursor: '' },
    { cursor: 'abc' },
    { cursor: `${encodeCursor(last)}=` },
    { cursor: Buffer.from('x').toString('base64url') },
    { limit: '0' },
    { limit: '101' },
    { limit: '1.5' },
    { limit: 'many' },
    { limit: ['1', '2'] },
    { status: 'lost' },
    { attention: 'closed' },
    { page: '2' },
  ])('refuses %o', (query) => {
    expect(ListOrders.safeParse(query).success).toBe(false);
  });
});
