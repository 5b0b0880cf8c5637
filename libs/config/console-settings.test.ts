import { describe, expect, it } from 'vitest';

import { environmentFor } from './environment.js';

const SIGN_IN = {
  CONSOLE_URL: 'https://orders.shop.example',
  CONSOLE_OIDC_ISSUER: 'https://login.shop.example',
  CONSOLE_OIDC_CLIENT_ID: 'orders',
  CONSOLE_OIDC_CLIENT_SECRET: 'secret',
  CONSOLE_ROLES: 'operator:order-operators, viewer:urn:shop:staff',
};
const LAPTOP = { CONSOLE_URL: 'http://127.0.0.1:3000', CONSOLE_DEVELOPMENT_SIGN_IN: 'true' };
const read = (source: Readonly<Record<string, string>>) => environmentFor(['console'], source).console;

describe('the settings of the console', () => {
  it('are none by default, and then no person signs in', () => {
    expect(read({})).toMatchObject({ CONSOLE_ROLES: [], CONSOLE_DEVELOPMENT_SIGN_IN: false });
    expect(read({}).CONSOLE_OIDC_ISSUER).toBeUndefined();
  });

  it('give a role for each value of the claim, which may contain colons', () => {
    expect(read(SIGN_IN).CONSOLE_ROLES).toEqual([
      { role: 'operator', value: 'order-operators' },
      { role: 'viewer', value: 'urn:shop:staff' },
    ]);
  });

  it.each(Object.keys(SIGN_IN))('are complete, or refused: %s', (missing) => {
    const { [missing as keyof typeof SIGN_IN]: _, ...others } = SIGN_IN;
    expect(() => read(others)).toThrow(`${missing} is not set`);
  });

  it.each([
    ['CONSOLE_URL', 'https://orders.shop.example/console'],
    ['CONSOLE_URL', 'https://user@orders.shop.example'],
    ['CONSOLE_URL', 'http://orders.shop.example'],
    ['CONSOLE_OIDC_ISSUER', 'http://login.shop.example'],
    ['CONSOLE_OIDC_SCOPES', 'profile email'],
    ['CONSOLE_ROLES', 'admin:all'],
    ['CONSOLE_ROLES', 'operator:'],
    ['CONSOLE_ROLES', 'operator'],
    ['CONSOLE_SESSION_IDLE', '13h'],
    ['CONSOLE_SESSION_LIFETIME', '31d'],
  ])('refuse %s=%s', (name, value) => {
    expect(() => read({ ...SIGN_IN, [name]: value })).toThrow(new RegExp(`- ${name} `));
  });

  it.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000', 'http://127.0.0.1:3000/'])(
    'allow %s on a laptop, and not in production',
    (address) => {
      const laptop = { ...SIGN_IN, CONSOLE_URL: address, CONSOLE_OIDC_ISSUER: 'http://127.0.0.1:4000' };
      expect(read(laptop).CONSOLE_URL).toBe(address);
      expect(() => read({ ...laptop, NODE_ENV: 'production' })).toThrow(
        /CONSOLE_URL must be an https[^]*ISSUER must be/,
      );
    },
  );

  it('allow the development sign-in on loopback only, and never in production', () => {
    expect(read(LAPTOP).CONSOLE_DEVELOPMENT_SIGN_IN).toBe(true);
    expect(() => read({ ...LAPTOP, NODE_ENV: 'production' })).toThrow('every caller could sign in');
    expect(() => read({ ...LAPTOP, CONSOLE_URL: 'https://orders.shop.example' })).toThrow('on loopback');
    expect(() => read({ CONSOLE_DEVELOPMENT_SIGN_IN: 'true' })).toThrow('on loopback');
  });
});
