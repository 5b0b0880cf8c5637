import { expect, it } from 'vitest';

import { type OperationName, OPERATIONS, problemsOf } from './operations.js';

const names = Object.keys(OPERATIONS) as OperationName[];
const keyed = names.filter((name) => !['open', 'signed'].includes(OPERATIONS[name].access));

it.each(keyed)('%s documents the checks before it for callers', (name) => {
  expect(problemsOf(name)).toEqual(
    expect.arrayContaining(['unauthenticated', 'cross_site_request', 'rate_limited']),
  );
});

it.each(keyed)('%s documents the scope that it takes, if it does', (name) => {
  expect(problemsOf(name).includes('insufficient_scope')).toBe(OPERATIONS[name].access !== 'session');
});

it.each(names)('%s documents what HTTP itself refuses', (name) => {
  expect(problemsOf(name)).toEqual(
    expect.arrayContaining(['malformed_request', 'request_timeout', 'headers_too_large', 'internal_error']),
  );
});

it('limits neither probes nor providers', () => {
  const free = names.filter((name) => !problemsOf(name).includes('rate_limited'));
  expect(free).toEqual(['receiveDelivery', 'receivePaymentEvent', 'checkLive', 'checkReady']);
});
