/** What a run's shop sells. Each run has its own stock of each, so that its books can be closed by themselves. */
export const GOODS = {
  MUG: { unitPrice: 1990, stock: 60, sellable: true },
  TEA: { unitPrice: 850, stock: 60, sellable: true },
  GIFT: { unitPrice: 0, stock: 60, sellable: true },
  /** Two orders may want it. */
  LAST: { unitPrice: 4900, stock: 1, sellable: true },
  SOLD_OUT: { unitPrice: 1200, stock: 0, sellable: true },
  RETIRED: { unitPrice: 900, stock: 5, sellable: false },
} as const;

export type Good = keyof typeof GOODS;
export const GOOD_NAMES = Object.keys(GOODS) as Good[];

export const skuOf = (run: number, good: Good) => `${good}-${run}`;

/** The catalogue of one run. */
export const catalogueOf = (run: number) =>
  GOOD_NAMES.map((good) => ({ ...GOODS[good], sku: skuOf(run, good), name: good, currency: 'EUR' }));
