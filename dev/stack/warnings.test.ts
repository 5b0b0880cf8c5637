import { expect, test } from 'vitest';

import { warningIn } from './warnings.js';

test.each([
  ['{"level":40,"msg":"slow"}', '[api] warn: slow'],
  [
    '{"level":50,"msg":"lost","err":{"type":"Error","code":"ECONNREFUSED"}}',
    '[api] error: lost (Error ECONNREFUSED)',
  ],
  [
    '{"level":40,"msg":"attempt failed","activity":"createShipment","attempt":3,"step":"ship","code":"carrier_error","orderId":"01a2"}',
    '[api] warn: attempt failed (order 01a2, step ship, activity createShipment, attempt 3, code carrier_error)',
  ],
  ['{"level":50,"msg":"stopped","orderId":"01a2","step":null}', '[api] error: stopped (order 01a2)'],
  ['{"level":30,"msg":"request completed"}', undefined],
  ['{"level":', undefined],
  ['Listening', undefined],
])('of %s a person sees %s', (line, seen) => {
  expect(warningIn('api', line)).toBe(seen);
});
