/**
 * An amount as a shopper reads it: `€19.90`, `¥1,990`. Intl knows how many digits a currency's minor unit
 * takes.
 *
 * @param amount minor units
 * @param currency ISO 4217 code
 */
export function formatPrice(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}
