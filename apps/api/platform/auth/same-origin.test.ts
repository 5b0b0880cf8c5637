import { expect, it } from 'vitest';

import { isOfOrigin } from './same-origin.js';

const HERE = 'https://orders.shop.example';
const is = (method: string, origin?: string, fetchSite?: string) =>
  isOfOrigin({ method, origin, fetchSite }, HERE);

it.each([
  ['POST', HERE, 'same-origin'],
  ['DELETE', HERE, undefined],
  ['GET', undefined, undefined],
  ['GET', undefined, 'none'],
  ['HEAD', undefined, 'same-origin'],
  ['GET', HERE, 'same-origin'],
])('%s from %s, %s, is of this origin', (method, origin, site) => {
  expect(is(method, origin, site)).toBe(true);
});

it.each([
  ['POST', undefined, undefined],
  ['POST', undefined, 'same-origin'],
  ['POST', 'null', 'same-origin'],
  ['POST', '', undefined],
  ['POST', `${HERE}/`, undefined],
  ['POST', `${HERE}.evil.example`, undefined],
  ['POST', 'http://orders.shop.example', undefined],
  ['POST', 'https://orders.shop.example:8443', undefined],
  ['POST', 'https://ORDERS.shop.example', undefined],
  ['POST', HERE, 'same-site'],
  ['POST', HERE, 'cross-site'],
  ['POST', HERE, 'none'],
  ['PUT', HERE, ''],
  ['get', undefined, undefined],
  ['OPTIONS', undefined, undefined],
  ['GET', undefined, 'cross-site'],
  ['GET', undefined, 'same-site'],
  ['GET', 'https://evil.example', undefined],
])('%s from %s, %s, is not', (method, origin, site) => {
  expect(is(method, origin, site)).toBe(false);
});
