import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import { OrderAddress } from '#libs/contracts/http/order-address.api';
import { ListOrders, OrderList } from '#libs/contracts/http/order-list.api';
import { PlaceOrder } from '#libs/contracts/http/order-request.api';
import { ListOrderEvents, OrderEventList, OrderView } from '#libs/contracts/http/order-view.api';

import { Caller } from '../platform/auth/caller.js';
import { IdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { type WaitPreference, PreferredWait } from '../platform/requests/preferred-wait.js';
import { OrderAcceptance } from './order-acceptance.js';
import { presentOrder } from './order.presenter.js';
import { OrdersService } from './orders.service.js';
import { OutcomeService } from './outcome.service.js';

const PLACED = {
  Location: { description: 'Where the order is', required: true, schema: { type: 'string' } },
} as const;

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly acceptance: OrderAcceptance,
    private readonly outcomes: OutcomeService,
    private readonly orders: OrdersService,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation('placeOrder')
  @TakesJson()
  @ApiResponse({
    status: 201,
    description: 'The order is confirmed. Only for requests that `Prefer` to wait',
    standardSchema: OrderView,
    headers: PLACED,
  })
  @ApiResponse({
    status: 202,
    description: 'The order is stored and will be processed',
    standardSchema: OrderView,
    headers: PLACED,
  })
  async place(
    @IdempotencyKey() key: string,
    @PreferredWait() wait: WaitPreference,
    @Body({ schema: PlaceOrder }) body: PlaceOrder,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OrderView> {
    const accepted = await this.acceptance.place(body, key, service);
    response.location(`/orders/${accepted.id}`);
    const { body: order, status, headers } = await this.outcomes.ofOrder(accepted, 201, wait);
    response.status(status).set(headers);
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
  @ApiResponse({ status: 200, description: 'The order as it stands', standardSchema: OrderView })
  async read(@Param({ schema: OrderAddress }) { id }: OrderAddress): Promise<OrderView> {
    return presentOrder(await this.orders.get(id));
  }

  @Get(':id/events')
  @Operation('listOrderEvents')
  @ApiResponse({
    status: 200,
    description: 'A page of changes with their reasons',
    standardSchema: OrderEventList,
  })
  async events(
    @Param({ schema: OrderAddress }) { id }: OrderAddress,
    @Query({ schema: ListOrderEvents }) query: ListOrderEvents,
  ): Promise<OrderEventList> {
    return this.orders.events(id, query);
  }
}
