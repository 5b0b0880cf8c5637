import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';

import type { AdjustStock } from '#libs/contracts/http/product.api';
import { actorOf } from '#libs/domain/order/actor';
import type { StockAdjustment } from '#libs/persistence/stock/stock-adjustment.repository';
import { Store } from '#libs/persistence/store';

import { ProblemError } from '../platform/problems/problem-error.js';
import { scopedIdempotencyKey, IdempotencyService } from '../platform/idempotency/idempotency.service.js';

const PROBLEM_BY_RESULT = {
  no_product: 'product_not_found',
  reserved: 'stock_reserved',
  too_large: 'stock_too_large',
} as const;

/** Makes stock adjustments, once for each idempotency key. */
@Injectable()
export class StockAdjustmentsService {
  constructor(
    private readonly store: Store,
    private readonly requests: IdempotencyService,
  ) {}

  /** @throws ProblemError when stock cannot be adjusted so; nothing is stored, and the key stays unused */
  async adjust(sku: string, body: AdjustStock, key: string, service: string): Promise<StockAdjustment> {
    const request = scopedIdempotencyKey(service, `POST /products/${sku}/stock-adjustments`, key, {
      sku,
      ...body,
    });
    return this.requests.once(
      request,
      async () => {
        const id = uuid();
        const by = actorOf(service);
        const answer = await this.store.stockAdjustments.adjust({ id, sku, by, ...body }, request);
        if (answer === 'key_taken') return null;
        if (answer !== 'adjusted') throw new ProblemError(PROBLEM_BY_RESULT[answer]);
        return this.get(sku, id);
      },
      (earlier) => this.get(sku, earlier.resourceId ?? ''),
    );
  }

  /** @throws ProblemError stock_adjustment_not_found */
  async get(sku: string, id: string): Promise<StockAdjustment> {
    const adjustment = await this.store.stockAdjustments.find(id);
    if (adjustment?.sku !== sku) throw new ProblemError('stock_adjustment_not_found');
    return adjustment;
  }
}
