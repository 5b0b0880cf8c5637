import { expect, it } from 'vitest';

import { RequestedOperations } from './requested-operation.js';

const operations = new RequestedOperations({
  '/orders': { post: { operationId: 'placeOrder' }, get: { operationId: 'listOrders' } },
  '/orders/{id}': { get: { operationId: 'readOrder' } },
});

it.each([
  ['POST', '/orders', 'placeOrder'],
  ['GET', '/orders?email=ada@example.com', 'listOrders'],
  ['GET', '/orders/anything', 'readOrder'],
  ['HEAD', '/orders/anything/', 'readOrder'],
  ['PATCH', '/orders/anything', 'none'],
  ['GET', '/nowhere', 'none'],
  ['GET', '/docs/swagger-ui.css', 'documents'],
  ['GET', '/openapi.json', 'documents'],
])('%s %s is %s', (method, url, operation) => {
  expect(operations.of(method, url)).toBe(operation);
});

it.each([
  ['/orders?email=ada@example.com', '/orders'],
  ['/orders/anything', '/orders/{id}'],
  ['/nowhere', null],
])('the route of %s is %s', (url, route) => {
  expect(operations.route(url)).toBe(route);
});
