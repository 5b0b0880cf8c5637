import { expect, it } from 'vitest';

import { LoggedPaths } from './logged-path.js';

const ID = '019b7654-0000-7000-8000-000000000001';
const paths = new LoggedPaths({
  '/orders': {},
  '/orders/{id}': {},
  '/orders/{id}/events': {},
  '/products/{sku}': {},
  '/problems/{code}': {},
  '/customers/erasure': {},
  '/customers/{id}/erasure': {},
});

it.each([
  ['/orders?email=ada@example.com', '/orders'],
  ['/orders/', '/orders'],
  [`/orders/${ID}/events`, `/orders/${ID}/events`],
  ['/orders/ada@example.com', '/orders/{id}'],
  ['/products/MUG-BLUE', '/products/MUG-BLUE'],
  ['/products/ada%20lovelace', '/products/{sku}'],
  ['/problems/order_not_found', '/problems/order_not_found'],
  ['/problems/ada', '/problems/{code}'],
  ['/', '/'],
  ['/docs/swagger-ui.css', '/docs/*'],
  ['/openapi.json', '/openapi.json'],
])('%s is logged as %s', (url, logged) => {
  expect(paths.of(url)).toBe(logged);
});

it.each([
  ['/customers/erasure', '/customers/erasure'],
  ['/customers/c-17/erasure', '/customers/{id}/erasure'],
  [`/customers/${ID}/erasure`, '/customers/{id}/erasure'],
  ['/customers/c-17/erasure/', '/customers/{id}/erasure'],
  ['/CUSTOMERS/c-17/Erasure?x=c-17', '/CUSTOMERS/{id}/Erasure'],
  ['/customers/c%2F17/erasure', '/customers/{id}/erasure'],
  ['/customers/%ff/erasure', '/customers/{id}/erasure'],
  ['/customers/c/17/erasure', '/customers/*/*/erasure'],
  ['/customers/c-17', '/customers/*'],
  [`/customers/${ID}`, '/customers/*'],
  ['//customers//c-17/erasure', '//customers//*/erasure'],
  [`/costumers/${ID}/erasure`, '/*/*/erasure'],
  ['/%63ustomers/c-17/erasure', '/*/*/erasure'],
  ['http://shop.example/customers/c-17/erasure', '*//*/customers/*/erasure'],
  ['/customers/c-17/erasure#x', '/customers/*/*'],
  ['/customers\\c-17/erasure', '/*/erasure'],
  ['*', '*'],
])('%s contains no personal data: %s', (url, logged) => {
  expect(paths.of(url)).toBe(logged);
});
