import { expect, it } from 'vitest';

import { requestId } from './request-id.js';

it.each(['a', 'shop:42', '{"a":1}', 'x'.repeat(128), '?A'])('%s is kept as the id of a request', (given) => {
  expect(requestId(given)).toBe(given);
});

it.each([undefined, '', 'a b', 'a\tb', 'ä', 'a\u007f', 'x'.repeat(129), 'ada@example.com', '@', ['a', 'b']])(
  '%s is replaced by an id of ours',
  (given) => {
    expect(requestId(given)).toMatch(/^[0-9a-f-]{36}$/);
  },
);
