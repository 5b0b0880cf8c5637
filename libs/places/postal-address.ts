import { formatAddress } from 'localized-address-format';

import { countryName, isCountry } from './country.js';

/** A postal address; countries differ in what theirs have. */
export interface PostalAddress {
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
  readonly postalCode?: string;
  readonly region?: string;
  /** ISO 3166-1 alpha-2, or `XK`. */
  readonly country: string;
}

/**
 * Countries whose addresses need a postal code, after libaddressinput's `require`. In all others there is none, or people
 * do not use it, as in Ireland and Chile: none is required there, and a given one is passed on.
 */
export const WITH_POSTAL_CODE: readonly string[] = (
  'AS AT AU AX BE BL BR CA CH CN CZ DE DK EE ES FI FK FM FR GB GF GG GL GP GR GS GU HU IM IN IO IT JE JP KR LI LT LU LV ' +
  'MF MH MP MQ MX MY NC NL NO NZ PF PL PM PN PR PT PW RE RO RU SE SG SH SJ SK SM TC TR TW UA US VI WF YT ZA'
).split(' ');

/**
 * Countries in which a place is not found by its city and postal code alone: carriers refuse a label without a region.
 * Where libaddressinput wants one too, but the postal code implies it (as in Italy and Spain), none is required.
 */
export const WITH_REGION: readonly string[] = ['AU', 'BR', 'CA', 'CN', 'IN', 'MX', 'US'];

/**
 * Postal codes whose form is beyond doubt, the post's and libaddressinput's: whole numbers, for the most part. All others
 * are taken as they come, as in the United Kingdom, whose armed forces and territories have forms of their own.
 */
export const POSTAL_CODE_FORMS: readonly { readonly form: string; readonly countries: readonly string[] }[] =
  [
    { form: '[0-9]{4}', countries: ['AT', 'AU', 'BE', 'BG', 'CH', 'DK', 'HU', 'NO', 'NZ', 'SI', 'TN', 'ZA'] },
    { form: '[0-9]{5}', countries: ['DE', 'EE', 'ES', 'FI', 'FR', 'HR', 'IT', 'MX', 'MY', 'TH', 'UA'] },
    { form: '[0-9]{6}', countries: ['CN', 'RO', 'RU', 'SG'] },
    { form: '[0-9]{3} ?[0-9]{2}', countries: ['CZ', 'GR', 'SE', 'SK'] },
    { form: '[0-9]{3} ?[0-9]{3}', countries: ['IN'] },
    { form: '[0-9]{5}-?[0-9]{3}', countries: ['BR'] },
    { form: '[0-9]{3}-?[0-9]{4}', countries: ['JP'] },
    { form: '[0-9]{2}-?[0-9]{3}', countries: ['PL'] },
    { form: '[0-9]{4}-?[0-9]{3}', countries: ['PT'] },
    { form: '[0-9]{4} ?[A-Za-z]{2}', countries: ['NL'] },
    { form: '[A-Za-z][0-9][A-Za-z][ -]?[0-9][A-Za-z][0-9]', countries: ['CA'] },
    { form: '[0-9]{5}(?:[ -]?[0-9]{4})?', countries: ['US'] },
  ];

const forms = new Map(
  POSTAL_CODE_FORMS.flatMap(({ form, countries }) =>
    countries.map((country) => [country, new RegExp(`^${form}$`)] as const),
  ),
);

export interface AddressError {
  readonly field: 'postalCode' | 'region';
  readonly says: string;
}

/** What an address lacks, or has in a form that its country does not know. An unknown country has no rules. */
export function addressErrors({ country, postalCode, region }: PostalAddress): AddressError[] {
  if (!isCountry(country)) return [];
  const name = countryName(country);
  const errors: AddressError[] = [];
  if (postalCode === undefined && WITH_POSTAL_CODE.includes(country))
    errors.push({ field: 'postalCode', says: `must be given: addresses in ${name} have one` });
  if (postalCode !== undefined && forms.get(country)?.test(postalCode) === false)
    errors.push({ field: 'postalCode', says: `is no postal code of ${name}` });
  if (region === undefined && WITH_REGION.includes(country))
    errors.push({ field: 'region', says: `must be given: addresses in ${name} have one` });
  return errors;
}

/** The lines of a letter, as the country writes them, the country's own name last. Nothing that was given is left out. */
export function addressLines(name: string, address: PostalAddress): string[] {
  const { line1, line2, city, postalCode, region, country } = address;
  const lines = (more: readonly string[]) =>
    formatAddress(
      {
        postalCountry: country,
        name,
        addressLines: [line1, line2, ...more].filter((line) => line !== undefined),
        locality: city,
        administrativeArea: region,
        postalCode,
      },
      'latin',
    );
  const shown = lines([]).join('\n').toLowerCase();
  const without = [city, region, postalCode].filter(
    (value): value is string => value !== undefined && !shown.includes(value.toLowerCase()),
  );
  return [...lines(without), countryName(country)];
}
