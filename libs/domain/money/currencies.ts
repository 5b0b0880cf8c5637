/**
 * The currencies that can be charged, and in which amounts. All amounts are in the smallest unit as Stripe counts it,
 * which is not always ISO 4217's.
 *
 * Source: https://docs.stripe.com/currencies (presentment currencies, zero-decimal and three-decimal currencies,
 * special cases, minimum and maximum charge amounts).
 */
export interface Currency {
  /** As Stripe calls it, after ISO 4217. */
  readonly code: string;
  /** How many digits of an amount stand behind the point: 1990 is 19.90 with two. */
  readonly digits: number;
  /** Only multiples of it can be charged or refunded. */
  readonly step: number;
  /** The least that can be charged; a total of 0 is not charged at all. */
  readonly minimum: number;
  readonly maximum: number;
}

/** The largest amount of any currency: twelve digits. As a number of JSON it is exact, being below 2^53. */
export const LARGEST_AMOUNT = 999_999_999_999;

const EIGHT_DIGITS = 99_999_999;

const NO_DIGITS = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF';
/**
 * Without what ISO 4217 has withdrawn and no card is charged in: ANG (since 2025 XCG) and BGN (since 2026 the euro).
 * Stripe goes on calling São Tomé's dobra STD.
 */
const TWO_DIGITS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC ' +
  'CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD ' +
  'KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP ' +
  'PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS ' +
  'WST XCD XCG YER ZAR ZMW';
/** Once they had cents, and their amounts are still written with them; only whole units can be charged. */
const TWO_DIGITS_WHOLE_UNITS = 'ISK UGX';
/** Partners of Stripe's take two digits of the three. */
const THREE_DIGITS = 'BHD JOD KWD OMR TND';

/**
 * Stripe's minimum by settlement currency, units before the underscore. For others it converts the amount and decides by the account's own
 * currency, so that here any amount will do, and Stripe may still refuse it as `amount_too_small`.
 */
const MINIMUM: Readonly<Record<string, number>> = {
  AED: 2_00,
  AUD: 50,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 15_00,
  DKK: 2_50,
  EUR: 50,
  GBP: 30,
  HKD: 4_00,
  HUF: 175_00,
  INR: 50,
  JPY: 50,
  MXN: 10_00,
  MYR: 2_00,
  NOK: 3_00,
  NZD: 50,
  PLN: 2_00,
  RON: 2_00,
  SEK: 3_00,
  SGD: 50,
  THB: 10_00,
  USD: 50,
};

const MAXIMUM: Readonly<Record<string, number>> = { IDR: LARGEST_AMOUNT };

const listed = (codes: string, digits: number, step: number) =>
  codes.split(' ').map((code): [string, Currency] => {
    const minimum = MINIMUM[code] ?? step;
    const most = MAXIMUM[code] ?? EIGHT_DIGITS;
    return [code, { code, digits, step, minimum, maximum: most - (most % step) }];
  });

export const CURRENCIES: ReadonlyMap<string, Currency> = new Map([
  ...listed(NO_DIGITS, 0, 1),
  ...listed(TWO_DIGITS, 2, 1),
  ...listed(TWO_DIGITS_WHOLE_UNITS, 2, 100),
  ...listed(THREE_DIGITS, 3, 10),
]);

/** @throws RangeError for a currency that the table lacks */
export function currencyOf(code: string): Currency {
  const currency = CURRENCIES.get(code);
  if (!currency) throw new RangeError(`${code} is not in the table of currencies`);
  return currency;
}

export type AmountRejection = 'too_small' | 'too_large' | 'not_a_step';

/** Why an amount cannot be charged; null when it can. */
export function amountRejection(
  amount: number,
  { step, minimum, maximum }: Currency,
): AmountRejection | null {
  if (amount > maximum) return 'too_large';
  if (amount < minimum) return 'too_small';
  return amount % step === 0 ? null : 'not_a_step';
}
