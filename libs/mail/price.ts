import { currencyOf } from '#libs/domain/money/currencies';

interface PriceFormat {
  readonly scale: number;
  readonly format: Intl.NumberFormat;
}

/** By currency: making a format costs a hundred times what using it does. */
const formats = new Map<string, PriceFormat>();

function formatOf(code: string): PriceFormat {
  const known = formats.get(code);
  if (known) return known;
  const { digits, step } = currencyOf(code);
  const scale = 10 ** digits;
  // Where only whole units can be charged, there are no decimals.
  const shown = step === scale ? 0 : digits;
  const made = {
    scale,
    format: new Intl.NumberFormat('en', {
      style: 'currency',
      currency: code,
      minimumFractionDigits: shown,
      maximumFractionDigits: shown,
    }),
  };
  formats.set(code, made);
  return made;
}

/**
 * An amount as a shopper reads it: `€19.90`, `¥1,990`.
 *
 * @param amount minor units
 * @param currency ISO 4217 code
 * @throws RangeError for a currency that the table lacks
 */
export function formatPrice(amount: number, currency: string): string {
  const { scale, format } = formatOf(currency);
  return format.format(amount / scale);
}
