/** More than any run sells. */
const PLENTY = 1_000_000_000;

/** What the bench sells: enough products that orders meet on a row as in a shop, not all on one. */
export const GOODS = Array.from({ length: 20 }, (_, index) => ({
  sku: `GOODS-${String(index + 1).padStart(2, '0')}`,
  name: `Goods, number ${index + 1}`,
  currency: 'EUR',
  unitPrice: 990 + index * 100,
  sellable: true,
  stock: PLENTY,
}));

/** How many different products an order has. */
export const LINES_AN_ORDER = 2;

/** The body of `POST /orders` of the n-th order. */
export function orderBody(index: number) {
  const lines = Array.from({ length: LINES_AN_ORDER }, (_, line) => ({
    sku: GOODS[(index * LINES_AN_ORDER + line) % GOODS.length]?.sku,
    quantity: 1,
  }));
  return {
    customer: { name: 'Ada Example', email: 'ada@example.com' },
    shippingAddress: { line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    currency: 'EUR',
    lines,
    payment: { method: 'pm_card_visa' },
  };
}
