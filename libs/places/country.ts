import { iso31661 } from 'iso-3166/1.js';

/** Used where ISO has none yet: ISO 3166-1 leaves X and another letter to its users, and all of them mean Kosovo by it. */
const USER_ASSIGNED = ['XK'];

/** Every country's code: ISO 3166-1 alpha-2, and `XK`. */
export const COUNTRIES: readonly string[] = [
  ...iso31661.map(({ alpha2 }) => alpha2),
  ...USER_ASSIGNED,
].toSorted();

const known = new Set(COUNTRIES);
const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

export const isCountry = (code: string): boolean => known.has(code);

/** As a person writes it: `United Kingdom`. @param code that of a country */
export const countryName = (code: string): string => names.of(code) ?? code;

/** In use elsewhere: EU institutions write Greece so. */
const ELSEWHERE: Readonly<Record<string, string>> = { EL: 'GR' };

/** The code meant by an invalid one, such as `GB` by `UK` or `gb`; null where that is unknown. */
export function countryMeant(code: string): string | null {
  const upper = code.toUpperCase();
  if (!/^[A-Z]{2}$/.test(upper)) return null;
  if (known.has(upper)) return upper;
  // CLDR maps reserved and withdrawn codes to their successors.
  const region = ELSEWHERE[upper] ?? new Intl.Locale(`und-${upper}`).region;
  return region !== undefined && region !== upper && known.has(region) ? region : null;
}

/** Explains the fault of a code that is no country's. */
export function noCountry(code: string): string {
  const rule = 'an ISO 3166-1 alpha-2 code, or XK';
  const meant = countryMeant(code);
  return meant === null
    ? `must be ${rule}, such as DE`
    : `must be ${rule}; for ${countryName(meant)} write ${meant}`;
}

/** Matches the codes and nothing else, by their first letters; such as every kind of regular expression has. */
export const COUNTRY_PATTERN = new RegExp(
  `^(?:${[...new Set(COUNTRIES.map((code) => code.charAt(0)))]
    .map(
      (first) =>
        `${first}[${COUNTRIES.filter((code) => code.startsWith(first))
          .map((code) => code.charAt(1))
          .join('')}]`,
    )
    .join('|')})$`,
);
