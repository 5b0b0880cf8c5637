/** By currency: making a format costs a hundred times what using it does. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const known = formats.get(currency);
  if (known) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  formats.set(currency, format);
  return format;
}

/**
 * An amount as a shopper reads it: `€19.90`, `¥1,990`. Intl knows how many digits a currency's minor unit
 * takes.
 *
 * @param amount minor units
 * @param currency ISO 4217 code
 */
export function formatPrice(amount: number, currency: string): string {
  const format = formatOf(currency);
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}
