import { createHash, randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { erasureRequest } from './erasure-request.js';

const key = randomUUID();

it('is the same request when it comes again', () => {
  const asked = erasureRequest('shop', key, { customerId: 'c-17' });
  expect(erasureRequest('shop', key, { customerId: 'c-17' })).toEqual(asked);
  expect(asked).toMatchObject({ principal: 'shop', operation: 'POST /customers/{id}/erasure' });
});

it('has another key where the caller has, or at another path', () => {
  const asked = erasureRequest('shop', key, { customerId: 'c-17' });
  expect(erasureRequest('shop', randomUUID(), { customerId: 'c-17' }).key).not.toBe(asked.key);
  expect(erasureRequest('shop', key, { customerId: 'c-18' }).key).not.toBe(asked.key);
});

it('has the same key and is a different request with another body', () => {
  const asked = erasureRequest('shop', key, { email: 'ada@example.com' });
  const other = erasureRequest('shop', key, { email: 'bob@example.com' });
  expect(other).toEqual({ ...asked, requestHash: other.requestHash });
  expect(other.requestHash).not.toBe(asked.requestHash);
});

it.each([{ email: 'ada@example.com' }, { customerId: 'c-17' }])('hides %j from a guess', (person) => {
  const text = JSON.stringify(erasureRequest('shop', key, person));
  const [name] = Object.values(person);
  const guesses = [name, person, { person }, { path: name }].map((guess) =>
    typeof guess === 'string' ? guess : JSON.stringify(guess),
  );
  for (const guess of [key, ...guesses])
    for (const encoding of ['hex', 'base64url'] as const)
      expect(text).not.toContain(createHash('sha256').update(guess).digest(encoding));
  for (const value of [key, name]) expect(text).not.toContain(value);
});
