import { expect, it } from 'vitest';

import { BeginSignIn } from './console.api.js';

const mayReturn = (returnTo: string) => BeginSignIn.safeParse({ returnTo }).success;
const HERE = 'https://orders.shop.example';

it.each([
  '/console',
  '/console/',
  '/console/orders/019b7654-0000-7000-8000-000000000001',
  '/console/orders?attention=open&email=ada%40example.com',
])('a person may come back to %s', (path) => {
  expect(mayReturn(path)).toBe(true);
});

it.each([
  'https://evil.example/console',
  '//evil.example/console',
  '/\\evil.example',
  '/console\\..\\..',
  '/console//evil.example',
  '/console/../docs',
  '/console/./x',
  '/console/..',
  '/consoles',
  '/console.evil.example',
  '/console@evil.example',
  '/console/orders#fragment',
  '/docs',
  '/',
  '',
  ' /console',
  '/console\n',
  '/console/\tx',
  '/console/ä',
  'javascript:alert(1)',
  `${HERE}/console`,
])('a person may not be sent to %j', (path) => {
  expect(mayReturn(path)).toBe(false);
});

it('leads to no other host, whatever it is', () => {
  for (const path of [
    '/console',
    '/console/a%2f%2fb',
    '/console/%2e%2e/docs',
    '/console?next=//evil.example',
  ])
    expect(new URL(path, HERE).origin).toBe(HERE);
});
