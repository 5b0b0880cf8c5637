import { describe, expect, it } from 'vitest';

import { idempotencyKey } from './idempotency-key.js';

describe('an Idempotency-Key', () => {
  it.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['a"b', 'a"b'],
    ['!', '!'],
    ['k'.repeat(255), 'k'.repeat(255)],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
    [`"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ])('%s is the key %s', (header, key) => {
    expect(idempotencyKey(header)).toBe(key);
  });

  it.each([
    '',
    '""',
    '"',
    '"abc',
    'a b',
    '"a b"',
    'a, b',
    'ä',
    'k'.repeat(256),
    `"${'k'.repeat(256)}"`,
    String.raw`"a\b"`,
    'a\n',
  ])('%s is malformed', (header) => {
    expect(() => idempotencyKey(header)).toThrow('idempotency_key_malformed');
  });
});
