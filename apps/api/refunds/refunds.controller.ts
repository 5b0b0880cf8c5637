import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import { OrderAddress, RefundAddress } from '#libs/contracts/http/order-address.api';
import { RefundList, RefundView, RequestRefund } from '#libs/contracts/http/refund.api';

import { Caller } from '../platform/auth/caller.js';
import { IdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { type WaitPreference, PreferredWait } from '../platform/requests/preferred-wait.js';
import { OutcomeService } from '../orders/outcome.service.js';
import { presentRefund } from './refund.presenter.js';
import { RefundsService } from './refunds.service.js';

const REQUESTED = {
  Location: { description: 'Where the refund is', required: true, schema: { type: 'string' } },
} as const;

@Controller('orders/:id/refunds')
export class RefundsController {
  constructor(
    private readonly refunds: RefundsService,
    private readonly outcomes: OutcomeService,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation('requestRefund')
  @TakesJson()
  @ApiResponse({
    status: 201,
    description: 'The payment provider has made the refund. Only for requests that `Prefer` to wait',
    standardSchema: RefundView,
    headers: REQUESTED,
  })
  @ApiResponse({
    status: 202,
    description: 'The refund is stored and booked, and will be made',
    standardSchema: RefundView,
    headers: REQUESTED,
  })
  async request(
    @Param({ schema: OrderAddress }) { id }: OrderAddress,
    @IdempotencyKey() key: string,
    @PreferredWait() wait: WaitPreference,
    @Body({ schema: RequestRefund }) body: RequestRefund,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RefundView> {
    const stored = await this.refunds.request(id, body, key, service);
    response.location(`/orders/${stored.orderId}/refunds/${stored.id}`);
    const answer = await this.outcomes.of(
      {
        subject: { about: 'refund', id: stored.id },
        orderId: id,
        stored,
        done: 201,
        current: () => this.refunds.get(id, stored.id),
        reason: ({ failure }) => failure,
      },
      wait,
    );
    response.status(answer.status).set(answer.headers);
    return presentRefund(answer.body);
  }

  @Get()
  @Operation('listRefunds')
  @ApiResponse({ status: 200, description: 'All refunds of the order', standardSchema: RefundList })
  async list(@Param({ schema: OrderAddress }) { id }: OrderAddress): Promise<RefundList> {
    return { data: (await this.refunds.list(id)).map(presentRefund) };
  }

  @Get(':refundId')
  @Operation('readRefund')
  @ApiResponse({ status: 200, description: 'The refund', standardSchema: RefundView })
  async read(@Param({ schema: RefundAddress }) { id, refundId }: RefundAddress): Promise<RefundView> {
    return presentRefund(await this.refunds.get(id, refundId));
  }
}
