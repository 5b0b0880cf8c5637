import type { Spread } from './figures.js';

/** The median, with the least and the greatest where they differ. */
export function ranged({ min, median, max }: Spread, digits = 1): string {
  const [least, middle, greatest] = [min, median, max].map((value) => value.toFixed(digits));
  return least === greatest ? `${middle}` : `${middle} (${least} – ${greatest})`;
}
