import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { AttentionAddress } from '#libs/contracts/order-address.api';
import { OrderView } from '#libs/contracts/order-view.api';
import { ResolveAttention } from '#libs/contracts/resolution.api';

import { Caller } from '../http/caller.js';
import { OptionalIdempotencyKey } from '../http/idempotency-key.js';
import { TakesJson } from '../http/json-body.guard.js';
import { Operation } from '../http/operation.decorator.js';
import { AttentionService } from './attention.service.js';
import { presentOrder } from './order.presenter.js';

@Controller('orders/:id/attention')
export class AttentionController {
  constructor(private readonly attention: AttentionService) {}

  @Post(':attentionId/resolution')
  @HttpCode(202)
  @Operation('resolveAttention')
  @TakesJson()
  @ApiResponse({
    status: 202,
    description: 'The answer is stored; the order goes on with it',
    standardSchema: OrderView,
  })
  async resolve(
    @Param({ schema: AttentionAddress }) { id, attentionId }: AttentionAddress,
    @OptionalIdempotencyKey() key: string | null,
    @Body({ schema: ResolveAttention }) body: ResolveAttention,
    @Caller() service: string,
  ): Promise<OrderView> {
    return presentOrder(await this.attention.resolve(id, attentionId, body, key, service));
  }
}
