import { expect, it } from 'vitest';

import { identityOf, versionsIn } from './worker-identity.js';

it('says what a worker does about workflow versions', () => {
  const versions = { from: 1, to: 12, newOrders: 2 };
  expect(versionsIn(identityOf(versions))).toEqual(versions);
});

it('says nothing of workers of before', () => {
  expect(versionsIn('4711@worker-0')).toBeNull();
});
