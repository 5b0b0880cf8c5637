import { describe, expect, it } from 'vitest';

import { cookieOf, sessionCookie } from './session-cookie.js';

const HTTPS = sessionCookie('https://orders.shop.example');
const TOKEN = 'a'.repeat(43);
const sent = (cookie: string | undefined) => cookieOf({ headers: { cookie } }, HTTPS);

describe('the cookie of a session', () => {
  it('is for this host over https:// alone, and no script or other site has it', () => {
    expect(HTTPS).toEqual({
      name: '__Host-order-console',
      options: { httpOnly: true, secure: true, sameSite: 'strict', path: '/' },
    });
    expect(sessionCookie('http://127.0.0.1:3000')).toMatchObject({
      name: 'order-console',
      options: { httpOnly: true, secure: false, sameSite: 'strict' },
    });
  });

  it.each([`__Host-order-console=${TOKEN}`, `a=b; __Host-order-console=${TOKEN}; c=d`])(
    'is read from %s',
    (cookie) => {
      expect(sent(cookie)).toBe(TOKEN);
    },
  );

  it.each([
    undefined,
    '',
    `order-console=${TOKEN}`,
    `__host-order-console=${TOKEN}`,
    `x__Host-order-console=${TOKEN}`,
    `__Host-order-console=${TOKEN}a`,
    `__Host-order-console="${TOKEN}"`,
    `__Host-order-console=${'%'.repeat(43)}`,
    `__Host-order-console=${TOKEN}; __Host-order-console=${'b'.repeat(43)}`,
  ])('is not read from %s', (cookie) => {
    expect(sent(cookie)).toBeUndefined();
  });
});
