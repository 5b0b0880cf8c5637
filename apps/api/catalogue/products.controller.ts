import { Body, Controller, Get, Param, Put, Query, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import {
  ListProducts,
  ProductAddress,
  ProductList,
  ProductView,
  PutProduct,
} from '#libs/contracts/http/product.api';

import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { presentProduct } from './product.presenter.js';
import { ProductsService } from './products.service.js';

@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  @Operation('listProducts')
  @ApiResponse({ status: 200, description: 'A page of products', standardSchema: ProductList })
  async list(@Query({ schema: ListProducts }) query: ListProducts): Promise<ProductList> {
    return this.products.list(query);
  }

  @Get(':sku')
  @Operation('readProduct')
  @ApiResponse({ status: 200, description: 'The product as it stands', standardSchema: ProductView })
  async read(@Param({ schema: ProductAddress }) { sku }: ProductAddress): Promise<ProductView> {
    return presentProduct(await this.products.get(sku));
  }

  @Put(':sku')
  @Operation('putProduct')
  @TakesJson()
  @ApiResponse({ status: 200, description: 'The product is replaced', standardSchema: ProductView })
  @ApiResponse({
    status: 201,
    description: 'The product is created, without stock',
    standardSchema: ProductView,
    headers: {
      Location: { description: 'Where the product is', required: true, schema: { type: 'string' } },
    },
  })
  async put(
    @Param({ schema: ProductAddress }) { sku }: ProductAddress,
    @Body({ schema: PutProduct }) body: PutProduct,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ProductView> {
    const { product, isNew } = await this.products.put(sku, body);
    if (isNew) response.status(201).location(`/products/${sku}`);
    return presentProduct(product);
  }
}
