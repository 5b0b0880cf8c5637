import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import { AttentionList } from '#libs/contracts/http/attention.api';
import { AttentionAddress, OrderAddress } from '#libs/contracts/http/order-address.api';
import { OrderView } from '#libs/contracts/http/order-view.api';
import { ResolveAttention } from '#libs/contracts/http/resolution.api';

import { Caller } from '../platform/auth/caller.js';
import { OptionalIdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { type WaitPreference, PreferredWait } from '../platform/requests/preferred-wait.js';
import { AttentionService } from './attention.service.js';
import { presentOrder } from '../orders/order.presenter.js';
import { OrdersService } from '../orders/orders.service.js';
import { OutcomeService } from '../orders/outcome.service.js';

@Controller('orders/:id/attention')
export class AttentionController {
  constructor(
    private readonly attention: AttentionService,
    private readonly orders: OrdersService,
    private readonly outcomes: OutcomeService,
  ) {}

  @Get()
  @Operation('listAttention')
  @ApiResponse({
    status: 200,
    description: 'All attentions, open and resolved, with their resolutions',
    standardSchema: AttentionList,
  })
  async list(@Param({ schema: OrderAddress }) { id }: OrderAddress): Promise<AttentionList> {
    return this.attention.list(id);
  }

  @Post(':attentionId/resolution')
  @HttpCode(202)
  @Operation('resolveAttention')
  @TakesJson()
  @ApiResponse({
    status: 200,
    description: 'The order has continued with the resolution. Only for requests that `Prefer` to wait',
    standardSchema: OrderView,
  })
  @ApiResponse({
    status: 202,
    description: 'The resolution is stored; the order continues with it',
    standardSchema: OrderView,
  })
  async resolve(
    @Param({ schema: AttentionAddress }) { id, attentionId }: AttentionAddress,
    @OptionalIdempotencyKey() key: string | null,
    @PreferredWait() wait: WaitPreference,
    @Body({ schema: ResolveAttention }) body: ResolveAttention,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OrderView> {
    const answer = await this.outcomes.of(
      {
        subject: { about: 'resolution', id: attentionId },
        orderId: id,
        stored: await this.attention.resolve(id, attentionId, body, key, service),
        done: 200,
        current: () => this.orders.get(id),
      },
      wait,
    );
    response.status(answer.status).set(answer.headers);
    return presentOrder(answer.body);
  }
}
