import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiParam, ApiResponse } from '@nestjs/swagger';

import { CancellationView, RequestCancellation } from '#libs/contracts/cancellation.api';
import type { OrderId } from '#libs/order/order-id';

import { Caller } from '../http/caller.js';
import { OptionalIdempotencyKey } from '../http/idempotency-key.js';
import { TakesJson } from '../http/json-body.guard.js';
import { Operation } from '../http/operation.decorator.js';
import { CancellationService } from './cancellation.service.js';
import { OrderIdPipe } from './order-id.pipe.js';

const ORDER_ID = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;

@Controller('orders/:id/cancellation')
export class CancellationController {
  constructor(private readonly cancellation: CancellationService) {}

  @Post()
  @HttpCode(202)
  @Operation('requestCancellation')
  @TakesJson()
  @ApiParam(ORDER_ID)
  @ApiBody({
    required: false,
    schema: { type: 'object', additionalProperties: false },
    examples: { nothing: { summary: 'There is nothing to choose', value: {} } },
  })
  @ApiResponse({
    status: 202,
    description: 'The wish is stored, and stands as it says; asking again answers the same one',
    standardSchema: CancellationView,
  })
  async request(
    @Param('id', OrderIdPipe) id: OrderId,
    @OptionalIdempotencyKey() _key: string | null,
    @Body({ schema: RequestCancellation }) _body: unknown,
    @Caller() service: string,
  ): Promise<CancellationView> {
    return this.cancellation.request(id, service);
  }

  @Get()
  @Operation('readCancellation')
  @ApiParam(ORDER_ID)
  @ApiResponse({ status: 200, description: 'The wish as it stands', standardSchema: CancellationView })
  async read(@Param('id', OrderIdPipe) id: OrderId): Promise<CancellationView> {
    return this.cancellation.get(id);
  }
}
