import { describe, expect, it } from 'vitest';

import { parseSender } from './sender.js';

describe('MAIL_FROM', () => {
  it.each([
    ['Shop <orders@shop.example>', { name: 'Shop', address: 'orders@shop.example', domain: 'shop.example' }],
    ['orders@shop.example', { name: '', address: 'orders@shop.example', domain: 'shop.example' }],
    ['"Mugs, Ltd." <o@müller.example>', { name: 'Mugs, Ltd.', domain: 'xn--mller-kva.example' }],
  ])('is read: %s', (text, sender) => {
    expect(parseSender(text)).toMatchObject(sender);
  });

  it.each(['', 'Shop', 'Shop <orders>', 'a@shop.example, b@shop.example'])(
    'is refused, with what to write: %j',
    (text) => {
      expect(() => parseSender(text)).toThrow('write Shop <orders@shop.example>');
    },
  );
});
