import { expect, it } from 'vitest';

import { AllowedMethods } from './allowed-methods.js';

const methods = new AllowedMethods({
  '/orders': { get: {}, post: {} },
  '/orders/{id}': { get: {} },
  '/orders/{id}/events': { get: {} },
});

it.each([
  ['/orders', ['GET', 'HEAD', 'POST']],
  ['/orders/', ['GET', 'HEAD', 'POST']],
  ['/orders/1', ['GET', 'HEAD']],
  ['/orders/1/events', ['GET', 'HEAD']],
  ['/orders/1/nothing', []],
  ['/', []],
])('%s takes %s', (path, expected) => {
  expect(methods.of(path)).toEqual(expected);
});
