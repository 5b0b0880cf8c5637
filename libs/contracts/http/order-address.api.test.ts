import { expect, it } from 'vitest';

import { OrderAddress, RefundAddress } from './order-address.api.js';

const id = '019b7654-0000-7000-8000-00000000000a';

it('takes an id in any case of letters, for the same order', () => {
  expect(OrderAddress.parse({ id: id.toUpperCase() })).toEqual({ id });
});

it.each([
  { id: 'R-7K3M-92QD' },
  { id: `${id}0` },
  { id: `{${id}}` },
  { id: id.replaceAll('-', '') },
  { id: `${id}\n` },
])('refuses %o', (address) => {
  expect(OrderAddress.safeParse(address).success).toBe(false);
});

it('lists every fault of an address', () => {
  const { error } = RefundAddress.safeParse({ id: '1', refundId: '2' });
  expect(error?.issues.map(({ path }) => path)).toEqual([['id'], ['refundId']]);
});
