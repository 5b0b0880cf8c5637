import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiParam, ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import { RefundList, RefundView, RequestRefund } from '#libs/contracts/refund.api';
import type { OrderId } from '#libs/order/order-id';

import { Caller } from '../http/caller.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { TakesJson } from '../http/json-body.guard.js';
import { Operation } from '../http/operation.decorator.js';
import { OrderIdPipe } from './order-id.pipe.js';
import { presentRefund } from './refund.presenter.js';
import { RefundsService } from './refunds.service.js';

const UUID = { type: 'string', format: 'uuid' } as const;

@Controller('orders/:id/refunds')
export class RefundsController {
  constructor(private readonly refunds: RefundsService) {}

  @Post()
  @HttpCode(202)
  @Operation('requestRefund')
  @TakesJson()
  @ApiParam({ name: 'id', schema: UUID })
  @ApiResponse({
    status: 202,
    description: 'The refund is stored and booked, and will be made',
    standardSchema: RefundView,
    headers: { Location: { description: 'Where the refund is', schema: { type: 'string' } } },
  })
  async request(
    @Param('id', OrderIdPipe) id: OrderId,
    @IdempotencyKey() key: string,
    @Body({ schema: RequestRefund }) body: RequestRefund,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RefundView> {
    const refund = await this.refunds.request(id, body, key, service);
    response.location(`/orders/${refund.orderId}/refunds/${refund.id}`);
    return presentRefund(refund);
  }

  @Get()
  @Operation('listRefunds')
  @ApiParam({ name: 'id', schema: UUID })
  @ApiResponse({ status: 200, description: 'All of them', standardSchema: RefundList })
  async list(@Param('id', OrderIdPipe) id: OrderId): Promise<RefundList> {
    return { data: (await this.refunds.list(id)).map(presentRefund) };
  }

  @Get(':refundId')
  @Operation('readRefund')
  @ApiParam({ name: 'id', schema: UUID })
  @ApiParam({ name: 'refundId', schema: UUID })
  @ApiResponse({ status: 200, description: 'The refund as it stands', standardSchema: RefundView })
  async read(
    @Param('id', OrderIdPipe) id: OrderId,
    @Param('refundId') refundId: string,
  ): Promise<RefundView> {
    return presentRefund(await this.refunds.get(id, refundId));
  }
}
