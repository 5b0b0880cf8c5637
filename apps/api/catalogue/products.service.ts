import { Injectable } from '@nestjs/common';

import type { ListProducts, ProductList, PutProduct } from '#libs/contracts/http/product.api';
import { currencyOf } from '#libs/domain/money/currencies';
import type { StockedProduct } from '#libs/persistence/stock/catalogue.repository';
import { Store } from '#libs/persistence/store';

import { ProblemError } from '../platform/problems/problem-error.js';
import { Settings } from '../settings.js';
import { presentProduct } from './product.presenter.js';

/** The catalogue, for operators. */
@Injectable()
export class ProductsService {
  constructor(
    private readonly store: Store,
    private readonly settings: Settings,
  ) {}

  async list({ cursor, limit }: ListProducts): Promise<ProductList> {
    // One more than requested shows whether there is another page.
    const products = await this.store.catalogue.list({ after: cursor, limit: limit + 1 });
    const page = products.slice(0, limit);
    const last = products.length > limit ? page.at(-1) : undefined;
    return { data: page.map(presentProduct), nextCursor: last?.sku ?? null };
  }

  /** @throws ProblemError product_not_found */
  async get(sku: string): Promise<StockedProduct> {
    const product = await this.store.catalogue.find(sku);
    if (!product) throw new ProblemError('product_not_found');
    return product;
  }

  /**
   * Creates or replaces a product without changing its stock. Orders keep the price they were placed at.
   *
   * @throws ProblemError currency_not_supported, amount_not_chargeable
   */
  async put(sku: string, body: PutProduct): Promise<{ product: StockedProduct; isNew: boolean }> {
    const { currencies } = this.settings;
    if (!currencies.includes(body.currency)) {
      const detail = `is not one of ${currencies.join(', ')}`;
      throw new ProblemError('currency_not_supported', undefined, {
        errors: [{ pointer: '/currency', detail }],
      });
    }
    const { step, maximum } = currencyOf(body.currency);
    if (body.unitPrice % step !== 0 || body.unitPrice > maximum) {
      const detail = `must be at most ${maximum} in ${body.currency}${step > 1 ? `, and a multiple of ${step}` : ''}`;
      throw new ProblemError('amount_not_chargeable', undefined, {
        errors: [{ pointer: '/unitPrice', detail }],
      });
    }
    return this.store.catalogue.put({ sku, ...body });
  }
}
