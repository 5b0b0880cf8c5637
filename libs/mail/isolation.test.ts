import { describe, expect, it } from 'vitest';

import { isolated } from './isolation.js';

describe('text from a customer', () => {
  it.each(['Ada Lovelace', 'Ægir 太郎 😀', '12 St James’s Square', '=?utf-8?B?QmNjOg==?=', ''])(
    'is left alone when it is written from left to right: %s',
    (text) => {
      expect(isolated(text)).toBe(text);
    },
  );

  it.each([
    ['Hebrew', 'אדה', '\u2068אדה\u2069'],
    ['Arabic', 'آدا', '\u2068آدا\u2069'],
    ['an override', 'Ada\u202ecipe', '\u2068Ada\u202ecipe\u2069'],
    ['a mark', 'Ada\u200f', '\u2068Ada\u200f\u2069'],
    ['an isolate that is not ended', '\u2067Ada', '\u2068\u2067Ada\u2069\u2069'],
    ['an isolate of its own', '\u2067Ada\u2069!', '\u2068\u2067Ada\u2069!\u2069'],
    ['the end of one that nothing began', 'Ada\u2069\u202e!', '\u2068Ada\u202e!\u2069'],
  ])('is isolated with %s', (_, text, shown) => {
    expect(isolated(text)).toBe(shown);
  });
});
