import { expect, it } from 'vitest';

import { type OperationName, OPERATIONS, problemsOf } from './operations.js';

const names = Object.keys(OPERATIONS) as OperationName[];
const keyed = names.filter((name) => !['open', 'signed'].includes(OPERATIONS[name].access));

it.each(keyed)('%s documents the checks before it for callers', (name) => {
  expect(problemsOf(name)).toEqual(
    expect.arrayContaining(['unauthenticated', 'insufficient_scope', 'rate_limited']),
  );
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
