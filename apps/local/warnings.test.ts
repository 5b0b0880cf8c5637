import { expect, test } from 'vitest';

import { warningIn } from './warnings.js';

test.each([
  ['{"level":40,"msg":"slow"}', '[api] warn: slow'],
  [
    '{"level":50,"msg":"lost","err":{"type":"Error","code":"ECONNREFUSED"}}',
    '[api] error: lost (Error ECONNREFUSED)',
  ],
  ['{"level":30,"msg":"request completed"}', undefined],
  ['{"level":', undefined],
  ['Listening', undefined],
])('of %s a person sees %s', (line, seen) => {
  expect(warningIn('api', line)).toBe(seen);
});
