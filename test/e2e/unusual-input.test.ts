import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { JSON_TYPE } from '../support/odd-input.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('unusual but valid input', () => {
  let system: System;
  useSharedApi((opened) => {
    system = opened;
  });

  const product = { name: 'Plate', currency: 'EUR', unitPrice: 1500, sellable: true };
  const put = (content: string, type = JSON_TYPE) =>
    system.http.put('/products/PLATE').set('Content-Type', type).send(content);
  const priced = (price: string) => JSON.stringify(product).replace('1500', price);

  it.each([
    ['1500.0', 1500],
    ['15e2', 1500],
    ['-0', 0],
    ['-0.0', 0],
  ])('takes the whole number %s for %i', async (price, meant) => {
    const { status, body } = await put(priced(price));
    expect([[200, 201].includes(status), body.unitPrice]).toEqual([true, meant]);
  });

  it.each([JSON_TYPE, `${JSON_TYPE}; charset=utf-8`, `${JSON_TYPE};charset="UTF-8"`, `${JSON_TYPE}; v=1`])(
    'takes %s',
    async (type) => {
      expect([200, 201]).toContain((await put(JSON.stringify(product), type)).status);
    },
  );

  const place = async (fields: Record<string, unknown>) =>
    system.http.post('/orders').set('Idempotency-Key', randomUUID()).send(system.body(fields));

  it.each([
    ['no postal code where there is none', { line1: 'Al Corniche 1', city: 'Doha', country: 'QA' }],
    ['a code that forms fill in', { line1: '1', city: 'Dubai', postalCode: '00000', country: 'AE' }],
    ['Kosovo', { line1: '1', city: 'Prishtina', postalCode: '10000', country: 'XK' }],
  ])('takes an address with %s', async (_, shippingAddress) => {
    expect((await place({ shippingAddress })).status).toBe(202);
  });

  it.each([
    ['ada@пример.рф', 'ada@пример.рф'],
    ['ada@xn--e1afmkfd.xn--p1ai', 'ada@пример.рф'],
    ['x=y@example.com', 'x=y@example.com'],
  ])('takes the address %s, and finds it in each of its forms', async (email, kept) => {
    const { status, body } = await place({ customer: { name: 'Ada', email } });
    expect([status, body.customer.email]).toEqual([202, kept]);
    for (const form of [email, kept]) {
      const found = await system.http.get('/orders').query({ email: form }).expect(200);
      expect(found.body.data.map(({ id }: { id: string }) => id)).toContain(body.id);
    }
  });

  it('takes a mark of UTF-8 in front, and letters and signs of all alphabets', async () => {
    const name = 'Thé 茶 🍵 \u202dשָׁלוֹם';
    const { body } = await put(`\ufeff${JSON.stringify({ ...product, name })}`);
    expect(body.name).toBe(name);
  });

  it('takes the last of two fields of one name, as JSON.parse has it', async () => {
    const { body } = await put(JSON.stringify(product).replace('{', '{"name":"First",'));
    expect(body.name).toBe('Plate');
  });
});
