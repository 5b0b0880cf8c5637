import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiParam, ApiResponse } from '@nestjs/swagger';

import { OrderView } from '#libs/contracts/order-view.api';
import { ResolveAttention } from '#libs/contracts/resolution.api';
import type { OrderId } from '#libs/order/order-id';

import { Caller } from '../http/caller.js';
import { OptionalIdempotencyKey } from '../http/idempotency-key.js';
import { TakesJson } from '../http/json-body.guard.js';
import { Operation } from '../http/operation.decorator.js';
import { AttentionService } from './attention.service.js';
import { OrderIdPipe } from './order-id.pipe.js';
import { presentOrder } from './order.presenter.js';

const UUID = { type: 'string', format: 'uuid' } as const;

@Controller('orders/:id/attention')
export class AttentionController {
  constructor(private readonly attention: AttentionService) {}

  @Post(':attentionId/resolution')
  @HttpCode(202)
  @Operation('resolveAttention')
  @TakesJson()
  @ApiParam({ name: 'id', schema: UUID })
  @ApiParam({ name: 'attentionId', schema: UUID })
  @ApiResponse({
    status: 202,
    description: 'The answer is stored; the order goes on with it',
    standardSchema: OrderView,
  })
  async resolve(
    @Param('id', OrderIdPipe) id: OrderId,
    @Param('attentionId') attentionId: string,
    @OptionalIdempotencyKey() key: string | null,
    @Body({ schema: ResolveAttention }) body: ResolveAttention,
    @Caller() service: string,
  ): Promise<OrderView> {
    return presentOrder(await this.attention.resolve(id, attentionId, body, key, service));
  }
}
