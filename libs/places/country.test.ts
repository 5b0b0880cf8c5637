import { describe, expect, it } from 'vitest';

import { COUNTRIES, COUNTRY_PATTERN, countryMeant, countryName, isCountry, noCountry } from './country.js';

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const PAIRS = LETTERS.flatMap((first) => LETTERS.map((second) => `${first}${second}`));

describe('a country', () => {
  it('is one of ISO 3166-1, or Kosovo', () => {
    expect(COUNTRIES).toHaveLength(250);
    expect(COUNTRIES).toEqual(expect.arrayContaining(['GB', 'DE', 'QA', 'XK', 'SS', 'BQ']));
    for (const code of ['UK', 'EU', 'XX', 'ZZ', 'AN', 'de', 'DEU', '']) expect(isCountry(code)).toBe(false);
  });

  it('matches the pattern and the list alike', () => {
    expect(PAIRS.filter((pair) => COUNTRY_PATTERN.test(pair))).toEqual(COUNTRIES);
    for (const text of ['', 'D', 'DEU', 'de', 'DE\n', ' DE']) expect(COUNTRY_PATTERN.test(text)).toBe(false);
  });

  it('has its own name, each', () => {
    const names = COUNTRIES.map(countryName);
    expect(new Set(names).size).toBe(COUNTRIES.length);
    expect(names.every((name) => name.length > 2)).toBe(true);
    expect(countryName('GB')).toBe('United Kingdom');
  });
});

describe('a code that is none', () => {
  it.each([
    ['UK', 'GB'],
    ['uk', 'GB'],
    ['gb', 'GB'],
    ['EL', 'GR'],
    ['ZR', 'CD'],
    ['XX', null],
    ['ZZ', null],
    ['EU', null],
    ['Germany', null],
  ])('%s means %s', (code, meant) => {
    expect(countryMeant(code)).toBe(meant);
  });

  it('is answered with what to write', () => {
    expect(noCountry('UK')).toBe('must be an ISO 3166-1 alpha-2 code, or XK; for United Kingdom write GB');
    expect(noCountry('XX')).toBe('must be an ISO 3166-1 alpha-2 code, or XK, such as DE');
  });
});
