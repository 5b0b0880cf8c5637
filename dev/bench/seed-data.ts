/** More than any run sells. */
const STOCK = 1_000_000_000;

/** Enough products that orders do not all lock the same row. */
export const PRODUCTS = Array.from({ length: 20 }, (_, index) => ({
  sku: `PRODUCT-${String(index + 1).padStart(2, '0')}`,
  name: `Product ${index + 1}`,
  currency: 'EUR',
  unitPrice: 990 + index * 100,
  sellable: true,
  stock: STOCK,
}));

/** How many different products an order has. */
const LINES_AN_ORDER = 2;

/** Of addresses in Berlin: to the first a parcel arrives; of the other the sandbox's carrier never picks it up. */
export const POSTAL_CODES = { arrives: '10115', neverPickedUp: '00004' } as const;

/** The body of `POST /orders` of the n-th order. */
export function orderBody(index: number, postalCode: string = POSTAL_CODES.arrives) {
  const lines = Array.from({ length: LINES_AN_ORDER }, (_, line) => ({
    sku: PRODUCTS[(index * LINES_AN_ORDER + line) % PRODUCTS.length]?.sku,
    quantity: 1,
  }));
  return {
    customer: { name: 'Ada Example', email: 'ada@example.com' },
    shippingAddress: { line1: 'Example Street 1', city: 'Berlin', postalCode, country: 'DE' },
    currency: 'EUR',
    lines,
    payment: { method: 'pm_card_visa' },
  };
}
