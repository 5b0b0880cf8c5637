import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import { ListOrders, OrderList } from '#libs/contracts/order-list.api';
import { PlaceOrder } from '#libs/contracts/order-request.api';
import { OrderEventList, OrderView } from '#libs/contracts/order-view.api';
import type { OrderId } from '#libs/order/order-id';

import { Caller } from '../http/caller.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { TakesJson } from '../http/json-body.guard.js';
import { Operation } from '../http/operation.decorator.js';
import { OrderAcceptance } from './order-acceptance.js';
import { OrderIdPipe } from './order-id.pipe.js';
import { presentOrder } from './order.presenter.js';
import { OrdersService } from './orders.service.js';

const ORDER_ID = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly acceptance: OrderAcceptance,
    private readonly orders: OrdersService,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation('placeOrder')
  @TakesJson()
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: '1 to 255 visible ASCII characters, bare or quoted; the same key places one order',
  })
  @ApiResponse({
    status: 202,
    description: 'The order is stored and will be worked on',
    standardSchema: OrderView,
    headers: { Location: { description: 'Where the order is', schema: { type: 'string' } } },
  })
  async place(
    @IdempotencyKey() key: string,
    @Body({ schema: PlaceOrder }) body: PlaceOrder,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OrderView> {
    const order = await this.acceptance.place(body, key, service);
    response.location(`/orders/${order.id}`);
    return presentOrder(order);
  }

  @Get()
  @Operation('listOrders')
  @ApiResponse({ status: 200, description: 'A page of orders', standardSchema: OrderList })
  async list(@Query({ schema: ListOrders }) query: ListOrders): Promise<OrderList> {
    return this.orders.list(query);
  }

  @Get(':id')
  @Operation('readOrder')
  @ApiParam(ORDER_ID)
  @ApiResponse({ status: 200, description: 'The order as it stands', standardSchema: OrderView })
  async read(@Param('id', OrderIdPipe) id: OrderId): Promise<OrderView> {
    return presentOrder(await this.orders.get(id));
  }

  @Get(':id/events')
  @Operation('listOrderEvents')
  @ApiParam(ORDER_ID)
  @ApiResponse({ status: 200, description: 'Every change and why', standardSchema: OrderEventList })
  async events(@Param('id', OrderIdPipe) id: OrderId): Promise<OrderEventList> {
    return this.orders.events(id);
  }
}
