/** What the shop on a laptop sells: prices in minor units, without tax. Added once; later starts leave stock alone. */
export const CATALOGUE = [
  product('MUG-BLUE', 'Mug, blue', 1990, 1_000),
  product('MUG-WHITE', 'Mug, white', 1790, 250),
  product('TEAPOT-CAST-IRON', 'Teapot, cast iron', 5490, 40),
  product('COFFEE-BEANS-1KG', 'Coffee beans, 1 kg', 2290, 120),
  product('NOTEBOOK-A5', 'Notebook, A5, dotted', 1250, 500),
  product('FOUNTAIN-PEN', 'Fountain pen', 7900, 25),
  product('DESK-LAMP', 'Desk lamp', 12900, 12),
  product('TEA-TOWEL', 'Tea towel, linen', 1150, 300),
  product('TUMBLER', 'Tumbler', 1790, 90),
  product('LAST-ONE', 'The last one of its kind', 4900, 1),
  product('SOLD-OUT', 'Sold out, back soon', 3500, 0),
  { ...product('RETIRED-PRINT', 'Art print, no longer sold', 2900, 5), sellable: false },
] as const;

function product(sku: string, name: string, unitPrice: number, stock: number) {
  return { sku, name, currency: 'EUR', unitPrice, sellable: true, stock };
}
