import type { ProductView } from '#libs/contracts/http/product.api';
import type { StockedProduct } from '#libs/persistence/stock/catalogue.repository';

/** A product as it is shown. Field by field, so that what the record gains is not shown by accident. */
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
