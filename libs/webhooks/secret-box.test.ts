import { randomBytes } from 'node:crypto';

import { expect, it } from 'vitest';

import { newWebhookSecret, SecretBox } from './secret-box.js';

const newKey = () => randomBytes(32).toString('base64');
const [ENDPOINT, OTHER] = ['019b7900-00d1-7000-8000-000000000001', '019b7900-00d1-7000-8000-000000000002'];

it('a secret is 32 random bytes, of which nothing is seen once it is encrypted', () => {
  const secret = newWebhookSecret();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const box = new SecretBox([newKey()]);
  const sealed = box.seal(secret, ENDPOINT);
  expect(sealed).not.toContain(secret.slice(6));
  expect(box.seal(secret, ENDPOINT)).not.toBe(sealed);
  expect(box.open(sealed, ENDPOINT)).toBe(secret);
});

it('a secret of another endpoint, one that was changed, or one of an unknown key is not opened', () => {
  const box = new SecretBox([newKey()]);
  const sealed = box.seal('whsec_1', ENDPOINT);
  expect(box.open(sealed, OTHER)).toBeNull();
  expect(
    box.open(
      sealed.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      ENDPOINT,
    ),
  ).toBeNull();
  expect(box.open('', ENDPOINT)).toBeNull();
  expect(new SecretBox([newKey()]).open(sealed, ENDPOINT)).toBeNull();
});

it('a key is replaced in three steps: known, used, alone', () => {
  const [old, next] = [newKey(), newKey()];
  const sealed = new SecretBox([old, next]).seal('whsec_1', ENDPOINT);
  const both = new SecretBox([next, old]);
  expect(both.isOld(sealed)).toBe(true);
  const again = both.seal(both.open(sealed, ENDPOINT) ?? '', ENDPOINT);
  expect(both.isOld(again)).toBe(false);
  expect(new SecretBox([next]).open(again, ENDPOINT)).toBe('whsec_1');
});
