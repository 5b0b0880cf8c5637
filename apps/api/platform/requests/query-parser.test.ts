import { expect, it } from 'vitest';

import { parseQuery } from './query-parser.js';

it.each([
  ['a=b+c&d=%C3%A9&e', { a: 'b c', d: 'é', e: '' }],
  ['a=1&a=2', { a: ['1', '2'] }],
  ['a[b]=1', { 'a[b]': '1' }],
  ['a=%ff', { a: '\ud800' }],
  ['a=%zz', { a: '\ud800' }],
  ['%ff=a', { '\ud800': 'a' }],
  [null, {}],
])('%j is read', (query, expected) => {
  expect({ ...parseQuery(query) }).toEqual(expected);
});
