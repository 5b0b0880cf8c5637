import type { ProductView } from '#libs/contracts/http/product.api';
import type { StockedProduct } from '#libs/persistence/stock/catalogue.repository';

/** Field by field, so that no new field of the record is exposed. */
export function presentProduct(product: StockedProduct): ProductView {
  return {
    sku: product.sku,
    name: product.name,
    currency: product.currency,
    unitPrice: product.unitPrice,
    sellable: product.sellable,
    onHand: product.onHand,
    reserved: product.reserved,
    available: product.onHand - product.reserved,
  };
}
