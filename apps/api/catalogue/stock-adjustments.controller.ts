import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import {
  AdjustStock,
  ProductAddress,
  StockAdjustmentAddress,
  StockAdjustmentView,
} from '#libs/contracts/http/product.api';

import { Caller } from '../platform/auth/caller.js';
import { IdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { StockAdjustmentsService } from './stock-adjustments.service.js';

@Controller('products/:sku/stock-adjustments')
export class StockAdjustmentsController {
  constructor(private readonly adjustments: StockAdjustmentsService) {}

  @Post()
  @Operation('adjustStock')
  @TakesJson()
  @ApiResponse({
    status: 201,
    description: 'The stock is adjusted',
    standardSchema: StockAdjustmentView,
    headers: {
      Location: { description: 'Where the adjustment is', required: true, schema: { type: 'string' } },
    },
  })
  async adjust(
    @Param({ schema: ProductAddress }) { sku }: ProductAddress,
    @IdempotencyKey() key: string,
    @Body({ schema: AdjustStock }) body: AdjustStock,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StockAdjustmentView> {
    const adjustment = await this.adjustments.adjust(sku, body, key, service);
    response.location(`/products/${sku}/stock-adjustments/${adjustment.id}`);
    return adjustment;
  }

  @Get(':adjustmentId')
  @Operation('readStockAdjustment')
  @ApiResponse({
    status: 200,
    description: 'The adjustment as it was made',
    standardSchema: StockAdjustmentView,
  })
  async read(
    @Param({ schema: StockAdjustmentAddress }) { sku, adjustmentId }: StockAdjustmentAddress,
  ): Promise<StockAdjustmentView> {
    return this.adjustments.get(sku, adjustmentId);
  }
}
