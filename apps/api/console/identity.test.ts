import { describe, expect, it } from 'vitest';

import { identityOf } from './identity.js';

const CLAIMS = {
  iss: 'https://login.shop.example',
  sub: '248289761001',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
};

describe('a person, by their claims', () => {
  it('is issuer and subject, with name and email address', () => {
    expect(identityOf(CLAIMS, ['viewer'])).toEqual({
      issuer: 'https://login.shop.example',
      subject: '248289761001',
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      roles: ['viewer'],
    });
  });

  it.each([
    [{ name: undefined, preferred_username: 'ada' }, 'ada'],
    [{ name: '  ' }, null],
    [{ name: 17 }, null],
    [{ name: 'Ada\u0000\nLovelace\u2028' }, 'Ada Lovelace'],
    [{ name: 'a\ud800b' }, 'a\ufffdb'],
    [{ name: '😀'.repeat(300) }, '😀'.repeat(200)],
  ])('has a name that is safe to store: %j', (changes, name) => {
    expect(identityOf({ ...CLAIMS, ...changes }, [])?.name).toBe(name);
  });

  it.each([
    { sub: '' },
    { sub: 'a'.repeat(256) },
    { sub: 'é' },
    { sub: 1 },
    { sub: 'a\u0000' },
    { iss: undefined },
    { iss: 'x' },
  ])('is none with %j', (changes) => {
    expect(identityOf({ ...CLAIMS, ...changes }, [])).toBeNull();
  });
});
