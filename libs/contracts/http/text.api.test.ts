import { describe, expect, it } from 'vitest';

import { prose, text } from './text.api.js';

const accepts = (schema: ReturnType<typeof text>, value: string) => schema.safeParse(value).success;

describe('a line of text', () => {
  it.each(['a', ' a ', 'Ægir 太郎', '😀', '\u200b\u00ada', 'a\u3000b'])('may be %j', (line) => {
    expect(accepts(text(20), line)).toBe(true);
  });

  it.each([
    '',
    ' ',
    '\u00a0\u3000',
    '\u200b\u2060\ufeff',
    '\u202e\u2029',
    'a\0',
    'a\nb',
    'a\u0085',
    'a\ud800',
  ])('may not be %j', (line) => {
    expect(accepts(text(20), line)).toBe(false);
  });

  it('is as long as a reader would count it', () => {
    expect(accepts(text(3), '😀😀😀')).toBe(true);
    expect(accepts(text(3), '😀😀😀😀')).toBe(false);
  });

  it('is refused in linear time, however long it is', () => {
    const since = performance.now();
    for (const line of ['a', ' ', ' a', 'a '])
      expect(accepts(text(100), `${line.repeat(30_000)}\0`)).toBe(false);
    expect(performance.now() - since).toBeLessThan(1_000);
  });
});

it('several lines may have breaks and tabs, and nothing else of that kind', () => {
  expect(accepts(prose(20), 'a\n\tb')).toBe(true);
  for (const refused of ['a\rb', 'a\0', 'a\u007f', 'a\udfff'])
    expect(accepts(prose(20), refused)).toBe(false);
});
