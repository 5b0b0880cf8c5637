import { formatAddress } from 'localized-address-format';
import { describe, expect, it } from 'vitest';

import { isCountry } from './country.js';
import {
  addressErrors,
  addressLines,
  POSTAL_CODE_FORMS,
  type PostalAddress,
  WITH_REGION,
  WITH_POSTAL_CODE,
} from './postal-address.js';

const at = (country: string, fields: Partial<PostalAddress> = {}): PostalAddress => ({
  line1: '1 Main Road',
  city: 'Town',
  country,
  ...fields,
});
const errors = (address: PostalAddress) => addressErrors(address).map(({ field }) => field);

describe('an address', () => {
  it.each([
    at('QA'),
    at('AE'),
    at('HK'),
    at('PA'),
    // There are postal codes, and people do without.
    ...['IE', 'CL', 'CO', 'PE', 'NG', 'KE', 'CR', 'VN', 'KW', 'OM', 'BB', 'IL', 'SA', 'ID'].map((country) =>
      at(country),
    ),
    // What a form has filled in all the same.
    at('AE', { postalCode: '00000' }),
    at('DE', { postalCode: '10827' }),
    at('GB', { postalCode: 'SW1Y 4JH' }),
    at('GB', { postalCode: 'BFPO 61' }),
    at('IE', { postalCode: 'D02 AF30' }),
    at('XK', { postalCode: '10000' }),
    at('US', { postalCode: '22162-1010', region: 'VA' }),
    at('CA', { postalCode: 'h3z 2y7', region: 'QC' }),
    at('NL', { postalCode: '1234AB' }),
    at('JP', { postalCode: '1000001' }),
    at('IT', { postalCode: '00184' }),
  ])('is whole: %o', (address) => {
    expect(addressErrors(address)).toEqual([]);
  });

  it.each([
    [at('DE'), 'postalCode'],
    [at('GB'), 'postalCode'],
    [at('DE', { postalCode: 'SW1Y 4JH' }), 'postalCode'],
    [at('DE', { postalCode: '1082' }), 'postalCode'],
    [at('US', { postalCode: '22162' }), 'region'],
    [at('CA', { postalCode: 'H3Z 2Y7' }), 'region'],
    [at('AU', { postalCode: '2000' }), 'region'],
  ])('is not: %o lacks a right %s', (address, field) => {
    expect(errors(address)).toEqual([field]);
  });

  it('names the fault of every part of it', () => {
    expect(addressErrors(at('US'))).toEqual([
      { field: 'postalCode', says: 'must be given: addresses in United States have one' },
      { field: 'region', says: 'must be given: addresses in United States have one' },
    ]);
  });
});

it('knows rules of countries only, of each once', () => {
  const formed = POSTAL_CODE_FORMS.flatMap(({ countries }) => countries);
  expect(new Set(formed).size).toBe(formed.length);
  expect([...formed, ...WITH_REGION, ...WITH_POSTAL_CODE].filter((code) => !isCountry(code))).toEqual([]);
  expect(new Set(WITH_POSTAL_CODE).size).toBe(WITH_POSTAL_CODE.length);
  const shown = (postalCountry: string) => formatAddress({ postalCountry, postalCode: '@' }, 'latin');
  expect(WITH_POSTAL_CODE.filter((code) => !shown(code).some((line) => line.includes('@')))).toEqual([]);
});

describe('the lines of an address', () => {
  it.each<[PostalAddress, string[]]>([
    [at('DE', { city: 'Berlin', postalCode: '10827' }), ['Ada', '1 Main Road', '10827 Berlin', 'Germany']],
    [
      at('US', { line2: 'Floor 2', city: 'Reston', region: 'VA', postalCode: '22162' }),
      ['Ada', '1 Main Road', 'Floor 2', 'Reston, VA 22162', 'United States'],
    ],
    [at('QA', { city: 'Doha' }), ['Ada', '1 Main Road', 'Doha', 'Qatar']],
    // Its addresses have an emirate and no city.
    [at('AE', { city: 'Dubai' }), ['Ada', '1 Main Road', 'Dubai', 'United Arab Emirates']],
    [
      at('SG', { city: 'Singapore', postalCode: '018956' }),
      ['Ada', '1 Main Road', 'SINGAPORE 018956', 'Singapore'],
    ],
  ])('are those of its country: %o', (address, lines) => {
    expect(addressLines('Ada', address)).toEqual(lines);
  });
});
