import { describe, expect, it } from 'vitest';

import { parseDuration } from './duration.js';

describe('a duration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['15s', 15_000],
    ['45m', 2_700_000],
    ['12h', 43_200_000],
    ['14d', 1_209_600_000],
  ])('%s is %i milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '15', 's', '1.5h', '-1s', '1 s', ' 1s', '1s ', '1m30s', '1S', '1w', '1e3s', '9999999999s'])(
    'is not "%s"',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});
